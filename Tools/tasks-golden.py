#!/usr/bin/env python3
"""Writes Tests/TasksTests/Fixtures/goldens/*.json: losses and gradients of networks as JAX and Haiku compute them.

usage: Tools/tasks-golden.py      needs jax and dm-haiku (pip install jax dm-haiku); the tests themselves need neither

All is computed in double precision. Parameters and inputs are not stored: they follow from a rule that both sides know,
element i of an array with salt s being (((7919 i + 104729 s) mod 2003) / 2003 - 1/2) · size, rounded to a float. The salt is
the array's place in the list.
"""
import json
import os

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
FOLDER = os.path.join(os.path.dirname(__file__), "..", "Tests", "TasksTests", "Fixtures", "goldens")
NHWC = ("NHWC", "HWIO", "NHWC")


def fill(shape, salt, size):
    i = np.arange(int(np.prod(shape)) if shape else 1, dtype=np.int64)
    values = (((7919 * i + 104729 * salt) % 2003) / 2003.0 - 0.5) * size
    return values.astype(np.float32).astype(np.float64).reshape(shape)


def fill_labels(shape, salt, classes):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((7919 * i + 104729 * salt) % 2003) % classes).reshape(shape)


def write(name, loss, parameters, inputs, facts=None, labels=()):
    """parameters, inputs, labels: lists of (name, shape, size or number of classes); loss: a function of two dictionaries."""
    w = {n: jnp.asarray(fill(s, k, z)) for k, (n, s, z) in enumerate(parameters)}
    x = {n: jnp.asarray(fill(s, 100 + k, z)) for k, (n, s, z) in enumerate(inputs)}
    x |= {n: jnp.asarray(fill_labels(s, 150 + k, c)) for k, (n, s, c) in enumerate(labels)}
    value, gradient = jax.value_and_grad(loss)(w, x)
    entry = {
        "facts": facts or {},
        "parameters": [{"name": n, "shape": list(s), "size": z} for n, s, z in parameters],
        "inputs": [{"name": n, "shape": list(s), "size": z} for n, s, z in inputs],
        "labels": [{"name": n, "shape": list(s), "classes": c} for n, s, c in labels],
        "loss": float(value),
        "gradient": [[float("%.8g" % v) for v in np.ravel(gradient[n])] for n, _, _ in parameters],
    }
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, name + ".json"), "w") as file:
        json.dump({k: v for k, v in entry.items() if k != "labels" or v}, file, separators=(",", ":"))
        file.write("\n")
    print(name, float(value))


def weighted(states):
    """A loss that sees each number of the result by itself."""
    flat = jnp.ravel(states)
    return jnp.sum(flat * fill(flat.shape, 200, 2.0))


# Recurrent cores: five steps of three sequences, Haiku's cells.
STEPS, BATCH, FEATURES, WIDTH = 5, 3, 4, 6


def unroll(make_core, haiku_parameters, initial, x):
    def run(x):
        core = make_core()
        states, _ = hk.dynamic_unroll(core, x.reshape(STEPS, BATCH, FEATURES), initial(core))
        return states

    return hk.transform(run).apply(haiku_parameters, None, x)


def lstm(w, x):
    def initial(core):
        tile = lambda name: jnp.tile(w[name], (BATCH, 1))
        return hk.LSTMState(tile("core.initial_state"), tile("core.initial_cell"))

    haiku = {"lstm/linear": {"w": w["core.gates"], "b": w["core.bias"]}}
    return weighted(unroll(lambda: hk.LSTM(WIDTH), haiku, initial, x["x"]))


def gru(w, x):
    order = ("z", "r", "h")
    join = lambda kind, end="": jnp.concatenate([w["core." + kind + g + end] for g in order], axis=-1)
    haiku = {"gru": {"w_i": join("w"), "w_h": join("u"), "b": join("w", ".bias")}}
    return weighted(unroll(lambda: hk.GRU(WIDTH), haiku, lambda core: jnp.zeros((BATCH, WIDTH)), x["x"]))


def recurrent():
    inputs = [("x", (STEPS * BATCH, FEATURES), 2.0)]
    write(
        "lstm", lstm,
        [("core.gates", (FEATURES + WIDTH, 4 * WIDTH), 1.5), ("core.bias", (4 * WIDTH,), 1.0),
         ("core.initial_state", (WIDTH,), 1.0), ("core.initial_cell", (WIDTH,), 1.0)], inputs)
    matrices = []
    for gate in ("h", "z", "r"):
        matrices += [("core.w" + gate, (FEATURES, WIDTH), 1.5), ("core.w" + gate + ".bias", (WIDTH,), 1.0)]
    matrices += [("core.u" + gate, (WIDTH, WIDTH), 1.5) for gate in ("h", "z", "r")]
    write("gru", gru, matrices, inputs)


# Convolutions: lax.conv_general_dilated.
def convolve(x, w, stride, padding):
    return jax.lax.conv_general_dilated(x, w, (stride, stride), padding, dimension_numbers=NHWC)


def convolutions():
    rows, columns, channels, out = 7, 6, 3, 4
    for padding in ("SAME", "VALID"):
        for stride in (1, 2):
            def loss(w, x):
                kernel = w["weights"].reshape(3, 3, channels, out)
                return weighted(convolve(w["x"], kernel, stride, padding) + w["bias"])

            write(
                "convolution_%s_%d" % (padding.lower(), stride), loss,
                [("x", (2, rows, columns, channels), 2.0), ("weights", (9 * channels, out), 1.0), ("bias", (out,), 1.0)],
                [], {"padding": padding.lower(), "stride": stride})


ACTIVATIONS = {
    "relu": jax.nn.relu, "tanh": jnp.tanh, "cos": jnp.cos, "elu": jax.nn.elu, "sigmoid": jax.nn.sigmoid, "swish": jax.nn.swish,
    "leaky_relu4": lambda x: jax.nn.leaky_relu(x, 0.4), "leaky_relu2": lambda x: jax.nn.leaky_relu(x, 0.2),
    "leaky_relu1": lambda x: jax.nn.leaky_relu(x, 0.1),
}


def layers(prefix, widths, size=1.0):
    result = []
    for k, (a, b) in enumerate(zip(widths, widths[1:])):
        result += [("%s.%d.weights" % (prefix, k), (a, b), size), ("%s.%d.bias" % (prefix, k), (b,), 0.5)]
    return result


def perceptron(w, prefix, x, count, act):
    for k in range(count):
        x = x @ w["%s.%d.weights" % (prefix, k)] + w["%s.%d.bias" % (prefix, k)]
        if k < count - 1:
            x = act(x)
    return x


# Flows: the determinant is that of the whole Jacobian, not the formula that the project uses.
PIXELS = 6


def flow_loss(transform, count):
    def loss(w, x):
        def one(pixels):
            u = pixels
            for k in range(count):
                u = transform(w, "bijector%d" % k, u)
                if k < count - 1:
                    u = u[np.random.RandomState(k).permutation(PIXELS)]
            return u

        def log_density(pixels):
            _, log_determinant = jnp.linalg.slogdet(jax.jacfwd(one)(pixels))
            return jnp.sum(jax.scipy.stats.norm.logpdf(one(pixels))) + log_determinant

        return -jnp.mean(jax.vmap(log_density)(x["x"]))

    return loss


def made(hidden, act):
    """A masked network whose output i depends on inputs below i (Germain et al. 2015), then u = (x - shift) / e^scale."""
    def transform(w, name, x):
        h, degrees = x, np.arange(1, PIXELS + 1)
        for k, width in enumerate(hidden + [2 * PIXELS]):
            last = k == len(hidden)
            degrees_of = (
                np.tile(np.arange(1, PIXELS + 1), 2) if last
                else 1 + np.arange(width) * max(PIXELS - 1, 1) // width)
            mask = degrees[:, None] < degrees_of[None, :] if last else degrees[:, None] <= degrees_of[None, :]
            h = h @ (w["%s.%d.weights" % (name, k)] * mask) + w["%s.%d.bias" % (name, k)]
            h, degrees = (h if last else act(h)), degrees_of
        shift, scale = h[:PIXELS], jnp.clip(h[PIXELS:], -5, 3)
        return (x - shift) * jnp.exp(-scale)

    return transform


def coupling(hidden, act):
    def transform(w, name, x):
        half = PIXELS // 2
        h = perceptron(w, name, x[:half], len(hidden) + 1, act)
        shift, scale = h[:PIXELS - half], h[PIXELS - half:]
        return jnp.concatenate([x[:half], (x[half:] - shift) * jnp.exp(-scale)])

    return transform


def flows():
    for name, kind, hidden, act, count in FLOWS:
        widths = [PIXELS] + hidden + [2 * PIXELS] if kind is made else [PIXELS // 2] + hidden + [2 * (PIXELS - PIXELS // 2)]
        parameters = sum([layers("bijector%d" % k, widths, 0.6) for k in range(count)], [])
        write(
            name, flow_loss(kind(hidden, ACTIVATIONS[act]), count), parameters, [("x", (4, PIXELS), 2.0)],
            {"widths": hidden, "activation": act, "bijectors": count})


def vae():
    encoder, decoder, act = VAE
    hidden, latent = encoder[:-1], encoder[-1]
    normal = jax.scipy.stats.norm.logpdf

    def loss(w, x):
        code = perceptron(w, "encoder", x["x"], len(encoder), ACTIVATIONS[act])
        mean, log_sigma = code[:, :latent], code[:, latent:]
        z = mean + jnp.exp(log_sigma) * x["latent_noise"]
        image = jnp.clip(perceptron(w, "decoder", z, len(decoder) + 1, ACTIVATIONS[act]), -10, 10)
        log_p = jnp.sum(normal(x["x"] + x["pixel_noise"], image[:, :PIXELS], jnp.exp(image[:, PIXELS:])) + jnp.log(1 / 255))
        kl = jnp.sum(0.5 * (mean ** 2 + jnp.exp(2 * log_sigma) - 1) - log_sigma)
        return (kl - log_p) / x["x"].shape[0]

    write(
        "vae", loss,
        layers("encoder", [PIXELS] + hidden + [2 * latent], 0.5) + layers("decoder", [latent] + decoder + [2 * PIXELS], 0.3),
        [("x", (4, PIXELS), 2.0), ("latent_noise", (4, latent), 2.0), ("pixel_noise", (4, PIXELS), 0.01)],
        {"encoder": encoder, "decoder": decoder, "activation": act})


# A bottleneck unit of a ResNetV2 in training: moments of the batch.
def unit(channels_in, channels, bottleneck, stride):
    def norm(w, name, x):
        mean, variance = jnp.mean(x, (0, 1, 2)), jnp.var(x, (0, 1, 2))
        return jax.nn.relu((x - mean) / jnp.sqrt(variance + 1e-5) * w[name + ".scale"] + w[name + ".offset"])

    def loss(w, x):
        kernel = lambda name, size, a, b: w["unit." + name + ".weights"].reshape(size, size, a, b)
        first = norm(w, "unit.norm", w["x"])
        if channels == channels_in:
            shortcut = w["x"][:, ::stride, ::stride]
        else:
            shortcut = convolve(first, kernel("shortcut", 1, channels_in, channels), stride, "SAME") + w["unit.shortcut.bias"]
        h = convolve(first, kernel("reduce", 1, channels_in, bottleneck), 1, "SAME")
        h = norm(w, "unit.reduce_norm", h)
        h = convolve(h, kernel("middle", 3, bottleneck, bottleneck), stride, "SAME")
        h = norm(w, "unit.middle_norm", h)
        h = convolve(h, kernel("expand", 1, bottleneck, channels), 1, "SAME") + w["unit.expand.bias"]
        return weighted(shortcut + h)

    moments = lambda name, n: [("unit.%s.scale" % name, (n,), 3.0), ("unit.%s.offset" % name, (n,), 1.0)]
    parameters = [("x", (2, 5, 4, channels_in), 2.0)] + moments("norm", channels_in)
    if channels != channels_in:
        parameters += [("unit.shortcut.weights", (channels_in, channels), 1.0), ("unit.shortcut.bias", (channels,), 1.0)]
    parameters += [("unit.reduce.weights", (channels_in, bottleneck), 1.0)] + moments("reduce_norm", bottleneck)
    parameters += [("unit.middle.weights", (9 * bottleneck, bottleneck), 1.0)] + moments("middle_norm", bottleneck)
    parameters += [("unit.expand.weights", (bottleneck, channels), 1.0), ("unit.expand.bias", (channels,), 1.0)]
    return loss, parameters


def residual_units():
    for name, arguments in [("resnet_unit_projected", (4, 6, 3, 2)), ("resnet_unit_subsampled", (5, 5, 2, 2))]:
        loss, parameters = unit(*arguments)
        write(name, loss, parameters, [], dict(zip(("in", "channels", "bottleneck", "stride"), arguments)))


# Trainings of a perceptron by a learned optimizer, written out step by step; the gradient is by the optimizer's weights.
TIMESCALES = np.array([1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000])
PROBLEMS, EXAMPLES, UNROLL, CLASSES, NETWORK = 2, 4, 4, 3, [6, 5, 3]
STEP, RATE = 0.5, 0.3


def sgd(w, net, g, state, k):
    return [p - jnp.exp(w["log_learning_rate"]) * d for p, d in zip(net, g)], state


def sgdm(w, net, g, state, k):
    beta = 1 - jnp.exp(w["log_one_minus_momentum"])
    state = [beta * v + d for v, d in zip(state or [0.0] * len(g), g)]
    return [p - jnp.exp(w["log_learning_rate"]) * v for p, v in zip(net, state)], state


def adam(w, net, g, state, k):
    b1, b2 = (1 - jnp.exp(w["log_one_minus_beta%d" % i]) for i in (1, 2))
    state = [(b1 * m + (1 - b1) * d, b2 * q + (1 - b2) * d * d) for (m, q), d in zip(state or [(0.0, 0.0)] * len(g), g)]

    def move(p, m, q):
        m, q = m / (1 - b1 ** (k + 1)), q / (1 - b2 ** (k + 1))
        return p - jnp.exp(w["log_learning_rate"]) * m / (jnp.sqrt(q + 1e-8) + jnp.exp(w["log_epsilon"]))

    return [move(p, m, q) for p, (m, q) in zip(net, state)], state


def apply_network(w, columns, p, k):
    x = jnp.stack([jnp.ravel(c) for c in columns], -1)
    x = x * jax.lax.rsqrt(1e-5 + jnp.mean(x ** 2, 0, keepdims=True))
    embedding = jnp.tile(jnp.tanh(k / TIMESCALES - 1), (x.shape[0], 1))
    out = perceptron(w, "network", jnp.concatenate([x, embedding], -1), 3, jax.nn.relu)
    return p - (STEP * out[:, 0] * jnp.exp(RATE * out[:, 1])).reshape(p.shape)


def mlp_lopt(w, net, g, state, k):
    decays = (0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)
    state = [[b * m + (1 - b) * d for b, m in zip(decays, ms)] for ms, d in zip(state or [[0.0] * 6] * len(g), g)]
    return [apply_network(w, [d, p] + ms, p, k) for p, d, ms in zip(net, g, state)], state


def adafactor_lopt(w, net, g, state, k):
    learned = lambda name, start: 1 - jnp.exp(10 * (jnp.log(1 - np.array(start)) / 10 + w["decays." + name]))
    slow = learned("momentum", [0.9, 0.99, 0.999])
    second = jnp.clip(learned("second_moment", [0.999]), 0, 1)
    factored = jnp.clip(learned("factored", [0.9, 0.99, 0.999]), 0, 1)
    safe = lambda v: jax.lax.rsqrt(jnp.maximum(v, 1e-9))

    def move(p, d, old):
        m = [b * v + (1 - b) * d for b, v in zip(slow, old["m"])]
        q = second[0] * old["q"] + (1 - second[0]) * d ** 2
        root = jax.lax.rsqrt(q + 1e-6)
        columns = [d, p] + m + [q] + [v * root for v in m] + [root]
        square = d ** 2 + 1e-30
        if p.ndim == 1:
            v = [b * u + (1 - b) * square for b, u in zip(factored, old["v"])]
            columns += [d * safe(u + 1e-9) for u in v] + v + v + 2 * [jax.lax.rsqrt(u + 1e-8) for u in v]
            columns += [a * jax.lax.rsqrt(u + 1e-6) for a, u in zip(m, v)]
            return apply_network(w, columns, p, k), {"m": m, "q": q, "v": v}
        order = np.argsort(p.shape, kind="stable")
        long, short = int(order[-1]), int(order[-2])
        rows = [b * u + (1 - b) * jnp.mean(square, long, keepdims=True) for b, u in zip(factored, old["rows"])]
        cols = [b * u + (1 - b) * jnp.mean(square, short, keepdims=True) for b, u in zip(factored, old["cols"])]
        factors = [safe(r / (jnp.mean(r) + 1e-9)) * safe(c) for r, c in zip(rows, cols)]
        tile = lambda us: [jnp.broadcast_to(u, p.shape) for u in us]
        columns += [d * f for f in factors] + tile(rows) + tile(cols)
        columns += tile([jax.lax.rsqrt(u + 1e-8) for u in rows]) + tile([jax.lax.rsqrt(u + 1e-8) for u in cols])
        columns += [a * f for a, f in zip(m, factors)]
        return apply_network(w, columns, p, k), {"m": m, "q": q, "rows": rows, "cols": cols}

    zeros = [0.0, 0.0, 0.0]
    old = state or [{"m": zeros, "q": 0.0, "v": zeros, "rows": zeros, "cols": zeros}] * len(g)
    moved = [move(*each) for each in zip(net, g, old)]
    return [p for p, _ in moved], [s for _, s in moved]


def unrolled(update, act):
    def loss(w, x):
        batches = x["features"].reshape(UNROLL, PROBLEMS, EXAMPLES, NETWORK[0])
        labels = x["labels"].reshape(UNROLL, PROBLEMS, EXAMPLES)

        def one(b):
            net, state, total = [], None, 0.0
            for k, width in enumerate(NETWORK[1:]):
                net += [x["start.%d" % k][b], jnp.zeros(width)]
            for k in range(UNROLL):
                def inner(net):
                    h = act(batches[k, b] @ net[0] + net[1]) @ net[2] + net[3]
                    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(h), labels[k, b][:, None], 1))

                value, g = jax.value_and_grad(inner)(net)
                mapped = jnp.clip(value, 0, np.log(2 * CLASSES)) - np.log(CLASSES / 5)
                total += mapped * 10 / np.log(CLASSES)
                net, state = update(w, net, g, state, k)
            return total / UNROLL

        return sum(one(b) for b in range(PROBLEMS)) / PROBLEMS

    return loss


def learned_optimizers():
    rate = ("log_learning_rate", (), 4.0)
    for name, update, act, parameters in [
        ("sgd", sgd, jax.nn.selu, [rate]),
        ("momentum", sgdm, jax.nn.gelu, [rate, ("log_one_minus_momentum", (), 8.0)]),
        ("adam", adam, jax.nn.sigmoid,
         [rate, ("log_one_minus_beta1", (), 8.0), ("log_one_minus_beta2", (), -20.0), ("log_epsilon", (), -20.0)]),
        ("mlp", mlp_lopt, jnp.tanh, layers("network", [19, 7, 7, 2])),
        ("adafactor_mlp", adafactor_lopt, jax.nn.swish,
         layers("network", [39, 7, 7, 2]) +
         [("decays.momentum", (3,), 0.2), ("decays.second_moment", (1,), 0.2), ("decays.factored", (3,), 0.2)]),
    ]:
        count = UNROLL * PROBLEMS * EXAMPLES
        starts = [
            ("start.%d" % k, (PROBLEMS, a, b), 2.0) for k, (a, b) in enumerate(zip(NETWORK, NETWORK[1:]))]
        write(
            "lopt_" + name, unrolled(update, act), parameters, [("features", (count, NETWORK[0]), 2.0)] + starts,
            {"widths": NETWORK, "problems": PROBLEMS, "examples": EXAMPLES, "steps": UNROLL},
            [("labels", (count,), CLASSES)])


# Name, kind, hidden widths, activation, bijectors.
FLOWS = [
    ("maf", made, [21, 20], "leaky_relu4", 2),
    ("nvp", coupling, [31, 17], "elu", 4),
]
# Encoder widths, decoder widths, activation.
VAE = ([34, 32], [49], "elu")

if __name__ == "__main__":
    recurrent()
    convolutions()
    flows()
    vae()
    residual_units()
    learned_optimizers()
