"""Static files: the bundler names its own files by content; the rest gets Django's hash."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Hash and compress everything except what the bundler already named by its content."""

    manifest_strict = True

    def hashed_name(self, name: str, content: object = None, filename: str | None = None) -> str:
        """Return the stored name; files of the bundle keep theirs."""
        if name.startswith("bundle/"):
            return name
        hashed: str = super().hashed_name(name, content, filename)
        return hashed
