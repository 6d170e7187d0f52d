"""Text protobufs of TensorFlow Serving, read by protobuf's own parser against its messages.

The messages are those of `tensorflow_serving/config/model_server_config.proto`, `monitoring_config.proto` and
`servables/tensorflow/session_bundle_config.proto`, as far as a server of one model needs them.  The package that brings
them compiled (`tensorflow-serving-api`) wants all of TensorFlow, so their fields stand here: name, number, type.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format, wrappers_pb2

_Field = descriptor_pb2.FieldDescriptorProto
_WRAPPED = ".google.protobuf.Int64Value"
# Type `*` in front: repeated.
_MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "Specific": {"versions": (1, "*int64")},
    "Latest": {"num_versions": (1, "uint32")},
    "VersionPolicy": {"latest": (100, ".judge.Latest"), "specific": (102, ".judge.Specific")},
    "ModelConfig": {
        "name": (1, "string"),
        "base_path": (2, "string"),
        "model_platform": (4, "string"),
        "model_version_policy": (7, ".judge.VersionPolicy"),
    },
    "ModelConfigList": {"config": (1, "*.judge.ModelConfig")},
    "ModelServerConfig": {"model_config_list": (1, ".judge.ModelConfigList")},
    "PrometheusConfig": {"enable": (1, "bool"), "path": (2, "string")},
    "MonitoringConfig": {"prometheus_config": (1, ".judge.PrometheusConfig")},
    "BatchingParameters": {
        "max_batch_size": (1, _WRAPPED),
        "batch_timeout_micros": (2, _WRAPPED),
        "max_enqueued_batches": (3, _WRAPPED),
        "num_batch_threads": (4, _WRAPPED),
        "allowed_batch_sizes": (6, "*int64"),
        "pad_variable_length_inputs": (7, "bool"),
    },
}
_OF_FILE = {
    "models.config": "ModelServerConfig",
    "monitoring.config": "MonitoringConfig",
    "batching.config": "BatchingParameters",
}
FILES = frozenset(_OF_FILE)


def parsed(file: str, text: str) -> Any:
    """The message of a file; fails the test where the text is none."""
    message = message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"judge.{_OF_FILE[file]}"))()
    try:
        return text_format.Parse(text, message)
    except text_format.ParseError as error:
        raise AssertionError(f"{file} is not valid: {error}") from error


def _pool() -> descriptor_pool.DescriptorPool:
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    file = descriptor_pb2.FileDescriptorProto(name="judge.proto", package="judge", syntax="proto3")
    file.dependency.append("google/protobuf/wrappers.proto")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            _add(message, field, number, kind)
    pool.Add(file)
    return pool


def _add(message: Any, name: str, number: int, kind: str) -> None:
    label = _Field.LABEL_REPEATED if kind.startswith("*") else _Field.LABEL_OPTIONAL
    kind = kind.removeprefix("*")
    if kind.startswith("."):
        message.field.add(name=name, number=number, label=label, type=_Field.TYPE_MESSAGE, type_name=kind)
    else:
        message.field.add(name=name, number=number, label=label, type=_Field.Type.Value(f"TYPE_{kind.upper()}"))
