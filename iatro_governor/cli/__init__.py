"""The ``iatro`` command."""
