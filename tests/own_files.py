# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tests that share one loaded world, the files of which are theirs alone."""

import tempfile

from django.test import TestCase, override_settings


class OwnFilesTestCase(TestCase):
    """A folder of files that lasts as long as the class, made before its data is loaded."""

    @classmethod
    def setUpClass(cls) -> None:
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.enterClassContext(override_settings(MEDIA_ROOT=folder))
        super().setUpClass()
