"""The one case that the house itself lets programs open: proposing a value of a parameter."""

from xianzhi.kernel import services
from xianzhi.kernel.api.openings import Asked, opens
from xianzhi.kernel.models import Case
from xianzhi.kernel.procedures import ParameterChange


@opens(ParameterChange.propose)
def propose_value(asked: Asked) -> Case:
    """As on the page of a parameter."""
    return services.propose_value(asked.data["name"], asked.data, by=asked.account, key=asked.key)
