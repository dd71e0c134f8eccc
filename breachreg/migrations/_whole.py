"""A first migration whose tables are made in one step."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel, Migration
from django.db.migrations.state import ProjectState


class WholeTables(Migration):
    """Creates all its tables against the state that they leave behind.

    Django renders the related models anew before each operation, which costs seconds for every database that is made.
    Tables that are created whole do not need the states in between; anything else takes Django's way.
    """

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        """Create the tables; the state after them."""
        if collect_sql or not all(type(operation) is CreateModel for operation in self.operations):
            return super().apply(project_state, schema_editor, collect_sql)
        before = project_state.clone()
        project_state.__dict__.pop("apps", None)  # rendered once, with all tables in
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state
