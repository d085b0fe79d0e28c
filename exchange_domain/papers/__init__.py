"""Invoices and acts: numbered, kept as they were said, drawn as PDF."""

from .documents import PaperError, act_of, invoice, months_with_work, of_customer, one
from .drawing import pdf_of

__all__ = ["PaperError", "act_of", "invoice", "months_with_work", "of_customer", "one", "pdf_of"]
