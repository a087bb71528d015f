import pytest

from tests.accounts import sms
from tests.accounts.sms import Inbox


@pytest.fixture
def inbox(settings) -> type[Inbox]:
    """The telephones to which this test's messages go."""
    settings.SMS_BACKEND = sms.NAME
    Inbox.sent.clear()
    return Inbox
