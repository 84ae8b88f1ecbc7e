"""The contract as data: reads ``spec/`` and offers it typed; no other input or output, no network, no clock."""

from conformance.contract.catalogue import Contract, Limits, OpenPoint, Requirement, Row, Table, load
from conformance.contract.files import ContractError

__all__ = ["Contract", "ContractError", "Limits", "OpenPoint", "Requirement", "Row", "Table", "load"]
