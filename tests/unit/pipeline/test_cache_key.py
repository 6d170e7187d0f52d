"""What a key depends on, and what not."""

from mlops_gitops.pipeline.cache_key import cache_key, code_closure

GIVEN = {"stage": "model_training", "inputs": {"train": "sha256:1"}, "parameters": {"seed": 1}, "code": {"a": "b"}}


def test_every_ingredient_changes_the_key_and_the_order_of_names_does_not():
    changes = [
        {},
        {"stage": "model_testing"},
        {"inputs": {"train": "sha256:2"}},
        {"parameters": {"seed": 2}},
        {"code": {"a": "c"}},
    ]
    keys = [cache_key(**{**GIVEN, **change}) for change in changes]
    assert len(set(keys)) == len(changes)
    assert all(len(key) == 64 for key in keys)
    both = {"x": "1", "y": "2"}
    turned = {"y": "2", "x": "1"}
    assert cache_key(**{**GIVEN, "inputs": both}) == cache_key(**{**GIVEN, "inputs": turned})


def test_the_closure_follows_working_modules_inside_functions_too_and_stops_elsewhere():
    sources = {
        "mlops_gitops.stages.one": b"from mlops_gitops.stages import two\nfrom mlops_gitops.spec.stages import X\n",
        "mlops_gitops.stages.two": b"def run():\n    import mlops_gitops.modeltests.three\n",
        "mlops_gitops.modeltests.three": b"from mlops_gitops.stages.one import a_function\nimport numpy\n",
        "mlops_gitops.stages": b"everything",
        "mlops_gitops.spec.stages": b"words",
    }
    closure = code_closure("mlops_gitops.stages.one", sources.get)
    assert sorted(closure) == [
        "mlops_gitops.modeltests.three",
        "mlops_gitops.stages.one",
        "mlops_gitops.stages.two",
    ]
    altered = code_closure("mlops_gitops.stages.one", {**sources, "mlops_gitops.modeltests.three": b"pass"}.get)
    assert altered["mlops_gitops.modeltests.three"] != closure["mlops_gitops.modeltests.three"]
