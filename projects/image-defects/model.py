"""A small convolutional network in Keras that tells defective patches; trains in one process or in many.

Where the environment holds a TF_CONFIG with more than one worker, the workers train together: each reads its share of
every batch, and gradients are summed over all. The loop is written out, because `model.fit` does not take per-replica
values of this strategy. What comes back behaves like a scikit-learn classifier and pickles as a `.keras` file.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SIDE = 12
FITTING: Mapping[str, float] = {
    "batch_size": 32,
    "max_epochs": 100,
    "early_stopping_patience": 10,
    "learning_rate_factor": 0.2,
    "learning_rate_patience": 5,
    "learning_rate": 0.003,
}


class PatchClassifier:
    """A fitted network: `predict_proba` of raw pixel columns, classes 0 (sound) and 1 (defective)."""

    classes_ = np.array([0, 1])

    def __init__(self, network: Any, columns: Sequence[str], history: Sequence[Mapping[str, float]]) -> None:
        self.network, self.columns, self.history_ = network, list(columns), [dict(row) for row in history]

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Shape (rows, 2)."""
        scores = self.network.predict(_images(rows, self.columns), batch_size=1024, verbose=0)[:, 0]
        return np.column_stack([1 - scores, scores]).astype(np.float64)

    def export_saved_model(self, folder: Path) -> list[str]:
        """For TensorFlow Serving: grey values in the order of `columns`, as `rows`; out comes the score of each row."""
        import keras

        # A copy that no strategy holds: one worker writes it, and the others are not asked.
        network = _network()
        network.set_weights(self.network.get_weights())
        rows = keras.Input((len(self.columns),), name="rows", dtype="float32")
        grey = (rows - keras.ops.mean(rows, axis=1, keepdims=True)) / 32
        score = network(keras.ops.reshape(grey, (-1, SIDE, SIDE, 1)), training=False)
        keras.Model(rows, score).export(folder, verbose=False)
        return self.columns

    def __getstate__(self) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.keras"
            self.network.save(path)
            return {"columns": self.columns, "history": self.history_, "network": path.read_bytes()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        import keras

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.keras"
            path.write_bytes(state["network"])
            self.__init__(keras.models.load_model(path), state["columns"], state["history"])  # type: ignore[misc]


def train(
    train: pd.DataFrame,
    validation: pd.DataFrame,
    *,
    label: str,
    features: Sequence[str],
    parameters: Mapping[str, object],
    seed: int,
    checkpoints: Path | None = None,
) -> PatchClassifier:
    """Fit until the validation loss no longer falls; the best weights stay. `parameters` replaces some of `FITTING`.

    A training that was interrupted goes on behind the last epoch saved in `checkpoints`.
    """
    import keras
    import tensorflow as tf

    unknown = sorted(set(parameters) - set(FITTING))
    if unknown:
        raise ValueError(f"unknown parameters: {', '.join(unknown)}; legal are {', '.join(FITTING)}")
    settings = {**FITTING, **{name: float(str(value)) for name, value in parameters.items()}}
    strategy = tf.distribute.MultiWorkerMirroredStrategy() if _workers() > 1 else tf.distribute.get_strategy()
    keras.utils.set_random_seed(seed)
    columns = [name for name in features if name.startswith("p")]
    rows = _images(train, columns), train[label].to_numpy(np.float32)
    checks = _images(validation, columns), validation[label].to_numpy(np.float32)
    with strategy.scope():
        network = _network()
        optimizer = keras.optimizers.Adam(settings["learning_rate"])
    history = _Loop(strategy, network, optimizer, settings, seed, checkpoints).fit(rows, checks)
    return PatchClassifier(network, columns, history)


@dataclass
class _Loop:
    """The training loop: one strategy, one network, early stopping and a falling learning rate."""

    strategy: Any
    network: Any
    optimizer: Any
    settings: Mapping[str, float]
    seed: int
    checkpoints: Path | None = None

    def fit(self, rows: tuple[np.ndarray, np.ndarray], checks: tuple[np.ndarray, np.ndarray]) -> list[dict[str, float]]:
        """The history, epoch by epoch, from the untrained network on; the network ends with the best weights."""
        history = [{"iteration": 0.0, "train_loss": self._loss(rows), "validation_loss": self._loss(checks)}]
        best, weights, best_epoch, lowered = math.inf, self.network.get_weights(), 0, 0
        if saved := self._saved():
            history, best, weights, best_epoch, lowered = saved
        step, batches = self._step(), self._batches(rows)
        for epoch in range(len(history), int(self.settings["max_epochs"]) + 1):
            losses = [float(step(*batch)) for batch in batches]
            loss = self._loss(checks)
            history.append({"iteration": float(epoch), "train_loss": float(np.mean(losses)), "validation_loss": loss})
            if loss < best:
                best, weights, best_epoch = loss, self.network.get_weights(), epoch
            elif epoch - best_epoch >= self.settings["early_stopping_patience"]:
                break
            elif epoch - max(best_epoch, lowered) >= self.settings["learning_rate_patience"]:
                self.optimizer.learning_rate.assign(
                    self.optimizer.learning_rate * self.settings["learning_rate_factor"]
                )
                lowered = epoch
            self._save(history, best, weights, best_epoch, lowered)
        self.network.set_weights(weights)
        return history

    def _save(self, history: list[dict[str, float]], best: float, weights: Any, best_epoch: int, lowered: int) -> None:
        """All that the next epoch starts from; written by the first worker alone, whole or not at all."""
        if self.checkpoints is None or _worker() != 0:
            return
        state = {
            "weights": self.network.get_weights(),
            "optimizer": [np.asarray(variable) for variable in self.optimizer.variables],
            "progress": (history, best, weights, best_epoch, lowered),
        }
        unfinished = self.checkpoints / ".epoch.unfinished"
        unfinished.write_bytes(pickle.dumps(state))
        unfinished.replace(self.checkpoints / "epoch.pickle")

    def _saved(self) -> Any:
        """What an interrupted training had reached, with network and optimizer as they were then; or nothing."""
        path = self.checkpoints / "epoch.pickle" if self.checkpoints else None
        if path is None or not path.is_file():
            return None
        # The claim is written by this very training alone.
        state = pickle.loads(path.read_bytes())
        with self.strategy.scope():
            self.optimizer.build(self.network.trainable_variables)
            self.network.set_weights(state["weights"])
            for variable, value in zip(self.optimizer.variables, state["optimizer"], strict=True):
                variable.assign(value)
        return state["progress"]

    def _batches(self, rows: tuple[np.ndarray, np.ndarray]) -> Any:
        import tensorflow as tf

        size = int(self.settings["batch_size"])
        table = tf.data.Dataset.from_tensor_slices(rows).shuffle(len(rows[0]), seed=self.seed)
        # A last batch that is too small for every worker to get a row of it is left out.
        return self.strategy.experimental_distribute_dataset(table.batch(size, drop_remainder=len(rows[0]) >= size))

    def _step(self) -> Any:
        import keras
        import tensorflow as tf

        size = self.settings["batch_size"]

        def one(images: Any, labels: Any) -> Any:
            with tf.GradientTape() as tape:
                scores = self.network(images, training=True)[:, 0]
                # Each worker sees a part of the batch: the sum over all workers must be the mean over the batch.
                loss = tf.reduce_sum(keras.losses.binary_crossentropy(labels[:, None], scores[:, None])) / size
            gradients = tape.gradient(loss, self.network.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.network.trainable_variables, strict=True))
            return loss

        @tf.function
        def step(images: Any, labels: Any) -> Any:
            losses = self.strategy.run(one, args=(images, labels))
            return self.strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)

        return step

    def _loss(self, rows: tuple[np.ndarray, np.ndarray]) -> float:
        images, labels = rows
        parts = [self.network(images[start : start + 1024], training=False) for start in range(0, len(images), 1024)]
        scores = np.clip(np.concatenate([np.asarray(part)[:, 0] for part in parts]), 1e-7, 1 - 1e-7)
        return float(-np.mean(labels * np.log(scores) + (1 - labels) * np.log(1 - scores)))


def _network() -> Any:
    import keras

    layers = keras.layers
    return keras.Sequential([
        keras.Input((SIDE, SIDE, 1)),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.GlobalMaxPooling2D(),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip


def _images(rows: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Grey values around zero, the light of each image taken out; shape (rows, SIDE, SIDE, 1)."""
    grey = rows[list(columns)].to_numpy(np.float32)
    grey = (grey - grey.mean(axis=1, keepdims=True)) / 32
    return grey.reshape(len(rows), SIDE, SIDE, 1)


def _workers() -> int:
    cluster = json.loads(os.environ.get("TF_CONFIG", "{}")).get("cluster", {})
    return len(cluster.get("worker", ()))


def _worker() -> int:
    return int(json.loads(os.environ.get("TF_CONFIG", "{}")).get("task", {}).get("index", 0))
