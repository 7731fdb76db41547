"""Plain rows to files that other programs open: CSV, XLSX, GeoPackage, GeoJSON.

Every file says where its figures come from. Rows may be a generator; only GeoPackage, which
is written from arrays, holds them all at once.
"""

from gis_core.writers.columns import Column as Column
from gis_core.writers.columns import Source as Source
from gis_core.writers.delimited import write_csv as write_csv
from gis_core.writers.layers import write_geojson as write_geojson
from gis_core.writers.layers import write_geopackage as write_geopackage
from gis_core.writers.workbook import Sheet as Sheet
from gis_core.writers.workbook import write_sheets as write_sheets
from gis_core.writers.workbook import write_xlsx as write_xlsx
