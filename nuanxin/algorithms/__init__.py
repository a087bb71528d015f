"""Arithmetic, search and inference without Django: arrays and dataclasses in, dataclasses out."""
