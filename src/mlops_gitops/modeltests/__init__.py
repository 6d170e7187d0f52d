"""Tests of data and models: cases and their order, what each kind measures, and the report; pure, without I/O."""
