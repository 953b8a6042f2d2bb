#!/usr/bin/env python3
"""Steps the learned optimizers of google/learned_optimization over tensors of rank 0 to 4 and writes what they did.

The tests of `runs apply` read the three files; no test needs this script. It wants jax, dm-haiku, flax, optax, chex,
gin-config and h5py, and `pip install --no-deps learned-optimization` (0.0.1). Data, logging and remote calls, for which
the library imports TensorFlow and others, are replaced by nothing.

usage: Tools/optimizers-golden.py [FOLDER]      default: Tests/OptimizersTests/Fixtures
"""

import importlib.abc
import importlib.machinery
import os
import pathlib
import sys
import types
from unittest import mock

os.environ["JAX_PLATFORMS"] = "cpu"
STEPS = 6
SHAPES = {
    "a_scalar": (), "b_vector": (7,), "c_matrix": (5, 3), "d_cube": (2, 3, 4), "e_kernel": (3, 3, 2, 5), "f_one": (1,),
    "g_one_by_one": (1, 1), "h_row": (1, 6)}


class Nothing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Empty modules in place of those that only load data, log or call other machines."""

    absent = {"tensorflow", "tensorflow_datasets", "seqio", "courier", "tensorboard"}

    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in self.absent or name == "flax.metrics.tensorboard":
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__path__ = []
        module.__getattr__ = lambda name: mock.MagicMock() if not name.startswith("__") else None
        return module

    def exec_module(self, module):
        pass


def write(group, tree):
    for name, value in tree.items():
        if hasattr(value, "items"):
            write(group.require_group(name), value)
        else:
            group.create_dataset(name, data=value, compression="gzip" if getattr(value, "size", 1) > 64 else None)


def plain(tree):
    """Mappings, named tuples and dataclasses as dictionaries of arrays."""
    if hasattr(tree, "items"):
        return {name: plain(value) for name, value in tree.items()}
    fields = getattr(tree, "_fields", None) or getattr(tree, "__dataclass_fields__", None)
    if fields:
        return {name: plain(getattr(tree, name)) for name in fields}
    return np.asarray(tree)


def record(path, learned, seed, validates):
    random = np.random.default_rng(seed)
    theta = learned.init(jax.random.PRNGKey(seed))
    start = {name: np.float32(random.standard_normal(shape)) for name, shape in SHAPES.items()}
    scales = 10 ** random.uniform(-3, 2, (len(SHAPES), STEPS))
    gradients = {
        name: np.float32([random.standard_normal(shape) * scale for scale in scales[row]])
        for row, (name, shape) in enumerate(SHAPES.items())}
    losses = np.float32(random.uniform(0.1, 3, STEPS))
    is_valid = np.array([step in (0, 3) for step in range(STEPS)])
    optimizer = learned.opt_fn(theta)
    state = optimizer.init({name: jnp.asarray(value) for name, value in start.items()}, num_steps=STEPS)
    reached = {name: [] for name in SHAPES}
    for step in range(STEPS):
        gradient = {name: jnp.asarray(values[step]) for name, values in gradients.items()}
        more = {"is_valid": jnp.asarray(is_valid[step])} if validates else {}
        state = optimizer.update(state, gradient, jnp.float32(losses[step]), **more)
        for name, value in optimizer.get_params(state).items():
            reached[name].append(np.float32(value))
    with h5py.File(path, "w") as file:
        file.attrs["optimizer"] = type(learned).__name__
        write(file, {
            "theta": plain(theta), "params0": start, "grads": gradients, "losses": losses,
            "params_float32": {name: np.stack(values) for name, values in reached.items()}})
        if validates:
            file["is_valid"] = is_valid


sys.meta_path.insert(0, Nothing())
import h5py
import jax
import jax.numpy as jnp
import numpy as np

for name in ("leaves", "map", "flatten", "unflatten", "structure"):  # jax has moved these since
    setattr(jax, f"tree_{name}", getattr(jax.tree_util, f"tree_{name}"))
jax.tree_multimap = jax.tree_util.tree_map

from learned_optimization.learned_optimizers import mlp_lopt, rnn_mlp_lopt

# Later revisions add 1e-6 to the second moment below the momentum of tensors of rank 0 and 1; so does the specification.
path = pathlib.Path(mlp_lopt.__file__).with_name("adafac_mlp_lopt.py")
adafac_mlp_lopt = types.ModuleType("adafac_mlp_lopt")
sys.modules["adafac_mlp_lopt"] = adafac_mlp_lopt
exec(path.read_text().replace("(fac_vec_v)**-0.5", "(fac_vec_v + 1e-6)**-0.5"), vars(adafac_mlp_lopt))

folder = sys.argv[1] if len(sys.argv) > 1 else "Tests/OptimizersTests/Fixtures"
# Without jit: compiled, a validation loss that was never seen becomes NaN.
with jax.disable_jit():
    record(f"{folder}/mlp_lopt_ranks.h5", mlp_lopt.MLPLOpt(), 4, False)
    record(f"{folder}/adafac_mlp_lopt_ranks.h5", adafac_mlp_lopt.AdafacMLPLOpt(), 6, False)
    record(f"{folder}/rnn_mlp_lopt_ranks.h5", rnn_mlp_lopt.RNNMLPLOpt(), 2, True)
