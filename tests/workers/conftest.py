from tests.accounts.conftest import inbox as inbox
