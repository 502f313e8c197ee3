"""Tables as staff know them: Excel and CSV files read within limits, Excel files written."""

from bot.sheets.cells import Cell, SheetRefused
from bot.sheets.reading import Line, read_sheet
from bot.sheets.writing import Sheet, write_book

__all__ = ["Cell", "Line", "Sheet", "SheetRefused", "read_sheet", "write_book"]
