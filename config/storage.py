"""Static files under names that carry their content's hash, so that browsers keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites what ES modules import, so that a module never loads a stale sibling."""

    support_js_module_import_aggregation = True
