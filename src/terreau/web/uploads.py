# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ceiling on what is sent: beyond it nothing more is kept, neither in memory nor on disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler

from terreau.documents.incoming import MAX_BYTES

CEILING = MAX_BYTES + 1  # one byte more than is allowed, so that the form sees it was too much


class CeilingHandler(FileUploadHandler):
    """Let the first bytes of a file through to the other handlers, and drop the rest.

    The form then meets a file just over the limit and refuses it with its own sentence; 200 MB
    cost no more than 10.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.passed = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count again."""
        super().new_file(*args, **kwargs)
        self.passed = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass on what fits under the ceiling."""
        kept = raw_data[: max(0, CEILING - self.passed)]
        self.passed += len(kept)
        return kept or None

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers after this one."""
        return None
