"""Imports of what was traded elsewhere; registered by ``orders.apps``."""

from imports.directories import register_directory
from orders.imports import adventureworks

register_directory("adventureworks", adventureworks.load)
