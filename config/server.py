"""The WSGI callable of a running server, and what its process does beside answering."""

from config.background import start
from config.env import Env
from config.front import Front
from config.wsgi import application as django
from nuanxin.stations.snapshots import holder

__all__ = ["application"]

application = Front(django, holder.followed)
# a page that comes sooner than the warm-up ends waits for the same work
start(Env().words("NUANXIN_BACKGROUND"))
