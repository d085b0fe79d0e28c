"""Where recordings and other large files are kept: a folder, or any S3."""

from .storage import NotThere, Storage, StorageAway

__all__ = ["NotThere", "Storage", "StorageAway"]
