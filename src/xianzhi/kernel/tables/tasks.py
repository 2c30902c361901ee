"""The long work of tables, for the worker."""

from django_tasks import task

from xianzhi.kernel.tables import batches


@task()
def check_table(pk: int) -> None:
    """Checks a batch that was received."""
    batches.check(pk)


@task()
def load_table(pk: int) -> None:
    """Loads a batch that was asked for."""
    batches.load(pk)


@task()
def undo_table(pk: int) -> None:
    """Undoes a batch that was asked for."""
    batches.undo(pk)
