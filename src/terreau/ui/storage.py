# SPDX-License-Identifier: AGPL-3.0-or-later
"""Static files in production: compressed, under names that hold a hash of their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which also follows the imports of our ES modules."""

    support_js_module_import_aggregation = True
