"""Run every benchmark and print what it found."""

from __future__ import annotations

from benchmarks import boundary_import, gap_matrix, gap_service, map_page

if __name__ == "__main__":
    map_page.run()
    gap_matrix.run()
    gap_service.run()
    boundary_import.run()
