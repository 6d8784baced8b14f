"""The tables of a new database, made in one step.

Migration after migration Django draws up all tables anew in memory, a hundred of them some three hundred times: thirteen seconds
of the very first start, for a database that has no row to carry over. Here the state in which the migrations end is drawn up once.
"""

from __future__ import annotations

from django.core.management.sql import emit_post_migrate_signal
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder


def make(connection: BaseDatabaseWrapper) -> bool:
    """Makes the tables and says that every migration is applied, all or nothing; False, and nothing done, where there is any table."""
    if connection.introspection.table_names():
        return False
    executor = MigrationExecutor(connection)
    ends = executor.loader.graph.leaf_nodes()
    plan = executor.migration_plan(ends, clean_start=True)
    models = executor.loader.project_state(ends).apps.get_models()
    with connection.schema_editor(atomic=True) as editor:
        editor.create_model(MigrationRecorder.Migration)
        for model in models:
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        for migration, _back in plan:
            executor.recorder.record_applied(migration.app_label, migration.name)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    return True
