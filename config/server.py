"""The WSGI callable of a running server, and what its process does beside answering."""

from config.background import start
from config.env import Env
from config.wsgi import application

__all__ = ["application"]

# a page that comes sooner than the warm-up ends waits for the same work
start(Env().words("NUANXIN_BACKGROUND"))
