"""Base of the layers of the zoo, which say what they cost and how they stream."""

import keras


class FramewiseLayer(keras.layers.Layer):
    """A layer of value-by-value arithmetic that works frame by frame.

    Those that need other frames say so in `streaming_obstacle`, or have the methods
    `state_shape(input_shape)` and `stream(inputs, state)`, which returns the outputs
    for the next frames and the next state. States are zeros at first.

    Attributes:
        multiply_adds: Products with kernels and of matrices in a call.
        streaming_obstacle: Why the layer cannot run on the next frames alone, such as
            "which appends frames"; `None` if it can.
    """

    multiply_adds = 0
    streaming_obstacle: str | None = None
