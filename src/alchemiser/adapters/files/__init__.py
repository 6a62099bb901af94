"""Daily bars from CSV and Parquet files."""
