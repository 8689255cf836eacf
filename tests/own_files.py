# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tests that share one loaded world, the files of which are theirs alone."""

import tempfile
from unittest.mock import patch

from django.template.base import Template
from django.test import TestCase, override_settings
from django.test.utils import _TestState


class OwnFilesTestCase(TestCase):
    """A folder of files that lasts as long as the class, made before its data is loaded."""

    walks_the_world = True  # for minutes: see tests/conftest.py

    @classmethod
    def setUpClass(cls) -> None:
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.enterClassContext(override_settings(MEDIA_ROOT=folder))
        # As it is drawn in production: in tests Django copies what each template was given, which
        # takes a tenth of the time of a walk through thousands of pages and is read by none.
        drawn = _TestState.saved_data.template_render
        cls.enterClassContext(patch.object(Template, "_render", drawn))
        super().setUpClass()
