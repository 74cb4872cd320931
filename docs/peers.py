"""What other libraries of complex layers have: the data of docs/layers.md."""

ELSEWHERE = {
    "layers": {
        "Cardioid": "complextorch `CVCardiod`; torchcvnn `Cardioid`; cvnn "
        "`complex_cardioid`",
        "ComplexActivation": "pytorch-complex `GenericComplexActivation`; cvnn "
        "`Activation`",
        "ComplexAdaptiveAveragePooling1D": "complextorch, pytorch-complex "
        "`AdaptiveAvgPool1d`",
        "ComplexAdaptiveAveragePooling2D": "complextorch, pytorch-complex, torchcvnn "
        "`AdaptiveAvgPool2d`",
        "ComplexAveragePooling1D": "complextorch, pytorch-complex `AvgPool1d`; cvnn "
        "`ComplexAvgPooling1D`",
        "ComplexAveragePooling2D": "complextorch, pytorch-complex, torchcvnn "
        "`AvgPool2d`; cvnn `ComplexAvgPooling2D`; complexPyTorch `ComplexAvgPool2d`",
        "ComplexAveragePooling3D": "complextorch, pytorch-complex `AvgPool3d`; cvnn "
        "`ComplexAvgPooling3D`",
        "ComplexBatchNormalization": "complextorch `BatchNorm1d`, `2d`, `3d`; cvnn "
        "`ComplexBatchNormalization`; keras-complex `ComplexBatchNormalization`; "
        "pytorch-complex `BatchNorm1d`, `2d`, `3d`; complexPyTorch "
        "`ComplexBatchNorm1d`, `2d`; torchcvnn `BatchNorm1d`, `2d`; SpeechBrain "
        "`CBatchNorm`",
        "ComplexBidirectional": "complextorch, SpeechBrain `bidirectional=True`",
        "ComplexConv1D": "complextorch, pytorch-complex, torch `Conv1d`; cvnn, "
        "keras-complex `ComplexConv1D`; SpeechBrain `CConv1d`",
        "ComplexConv1DTranspose": "complextorch, pytorch-complex, torch "
        "`ConvTranspose1d`",
        "ComplexConv2D": "complextorch, pytorch-complex, torch `Conv2d`; cvnn, "
        "keras-complex `ComplexConv2D`; complexPyTorch, asteroid `ComplexConv2d`; "
        "SpeechBrain `CConv2d`",
        "ComplexConv2DTranspose": "complextorch, pytorch-complex, torchcvnn, torch "
        "`ConvTranspose2d`; cvnn `ComplexConv2DTranspose`; complexPyTorch, asteroid "
        "`ComplexConvTranspose2d`",
        "ComplexConv3D": "complextorch, pytorch-complex, torch `Conv3d`; cvnn, "
        "keras-complex `ComplexConv3D`",
        "ComplexConv3DTranspose": "complextorch, pytorch-complex, torch "
        "`ConvTranspose3d`",
        "ComplexDense": "complextorch, pytorch-complex, torch `Linear`; cvnn, "
        "keras-complex `ComplexDense`; complexPyTorch `ComplexLinear`; SpeechBrain "
        "`CLinear`",
        "ComplexDepthwiseConv1D": "torch `Conv1d(groups=channels)`",
        "ComplexDepthwiseConv2D": "torch `Conv2d(groups=channels)`",
        "ComplexDropout": "complextorch, pytorch-complex, torchcvnn `Dropout`; cvnn, "
        "complexPyTorch `ComplexDropout`",
        "ComplexFFT": "complextorch `FFTBlock`; keras-complex `FFT`",
        "ComplexFFT2D": "keras-complex `FFT2`",
        "ComplexIFFT": "complextorch `IFFTBlock`; keras-complex `IFFT`",
        "ComplexIFFT2D": "keras-complex `IFFT2`",
        "ComplexGRU": "complextorch `GRU`; complexPyTorch `ComplexGRU`; SpeechBrain "
        "`CLiGRU`",
        "ComplexGRUCell": "complextorch `GRUCell`",
        "ComplexGlobalAveragePooling2D": "cvnn `ComplexAvgPooling2D` over all",
        "ComplexGroupNormalization": "complextorch, pytorch-complex `GroupNorm`",
        "ComplexLSTM": "complextorch `LSTM`; SpeechBrain `CLSTM`",
        "ComplexLSTMCell": "complextorch `LSTMCell`",
        "ComplexLayerNormalization": "complextorch, pytorch-complex, torchcvnn "
        "`LayerNorm`; keras-complex `ComplexLayerNorm`; SpeechBrain `CLayerNorm`",
        "ComplexMaxPooling1D": "complextorch `MagMaxPool1d`; pytorch-complex "
        "`MaxPool1d`",
        "ComplexMaxPooling2D": "complextorch `MagMaxPool2d`; pytorch-complex, "
        "torchcvnn `MaxPool2d`; cvnn `ComplexMaxPooling2D`; complexPyTorch "
        "`ComplexMaxPool2d`",
        "ComplexMaxPooling3D": "complextorch `MagMaxPool3d`; pytorch-complex "
        "`MaxPool3d`",
        "ComplexMaxUnpooling2D": "cvnn `ComplexUnPooling2D`; pytorch-complex "
        "`MaxUnpool2d`",
        "ComplexMultiHeadAttention": "complextorch, torchcvnn `MultiheadAttention`",
        "ComplexMultiply": "complextorch `ComplexRatioMask`; asteroid "
        "`apply_complex_mask`",
        "ComplexPReLU": "complextorch, torchcvnn `CPReLU`",
        "ComplexPair": "asteroid `ComplexMultiplicationWrapper`, `ComplexSingleRNN`",
        "ComplexRMSNormalization": "complextorch, torchcvnn `RMSNorm`",
        "ComplexRotaryEmbedding": "complextorch `RotaryEmbedding`",
        "ComplexScaling": "complextorch `ComplexScaling`",
        "ComplexSimpleRNN": "SpeechBrain `CRNN`",
        "ComplexSinusoidalEncoding": "complextorch `SinusoidalPositionalEncoding`",
        "ComplexSoftmax": "complextorch `PhaseSoftMax`; pytorch-complex `Softmax`, "
        "`Softmax2d`",
        "ComplexSpatialDropout1D": "complextorch `Dropout1d`",
        "ComplexSpatialDropout2D": "complextorch, pytorch-complex, torchcvnn "
        "`Dropout2d`; complexPyTorch `ComplexDropout2d`",
        "ComplexSpatialDropout3D": "complextorch, pytorch-complex `Dropout3d`",
        "ComplexSpectralPooling1D": "complextorch `SpectralPool1d`; keras-complex "
        "`SpectralPooling1D`",
        "ComplexSpectralPooling2D": "complextorch `SpectralPool2d`; keras-complex "
        "`SpectralPooling2D`",
        "ComplexTransformerDecoder": "complextorch, torchcvnn "
        "`TransformerDecoderLayer`",
        "ComplexTransformerEncoder": "complextorch, torchcvnn "
        "`TransformerEncoderLayer`",
        "UnitaryRNN": "complextorch `UnitaryRNN`",
        "UnitaryRNNCell": "complextorch `UnitaryRNNCell`",
        "ComplexS4D": "complextorch `S4D`",
        "ComplexUpSampling1D": "complextorch, pytorch-complex, torchcvnn `Upsample`",
        "ComplexUpSampling2D": "complextorch, pytorch-complex, torchcvnn `Upsample`; "
        "cvnn `ComplexUpSampling2D`; complexPyTorch `complex_upsample`",
        "ComplexUpSampling3D": "complextorch, pytorch-complex, torchcvnn `Upsample`",
        "CReLU": "complextorch, pytorch-complex, torchcvnn `CReLU`; cvnn `crelu`; "
        "complexPyTorch `ComplexReLU`",
        "Georgiou": "cvnn `georgiou_cdbp`",
        "Hirose": "pytorch-complex `Hirose`",
        "ISTFT": "complextorch `InverseSTFT`; torch `istft`",
        "LearnedDecoder": "asteroid `Decoder(FreeFB)`; SpeechBrain `Decoder`",
        "LearnedEncoder": "asteroid `Encoder(FreeFB)`; SpeechBrain `Encoder`",
        "LogMagnitude": "complextorch `LogAmplitude`",
        "Magnitude": "keras-complex `GetAbs`; complextorch, torchcvnn `Mod`, "
        "`Amplitude`",
        "MelFilterbank": "SpeechBrain `Filterbank`; asteroid `MelGramFB`",
        "ModReLU": "complextorch `modReLU`, `AdaptiveModReLU`; pytorch-complex "
        "`modReLU`, `CmodReLU`, `AdaptiveCmodReLU`; torchcvnn `modReLU`; cvnn "
        "`modrelu`",
        "PhaseShift": "complextorch `PhaseShift`",
        "PolarActivation": "complextorch `GeneralizedPolarActivation`, "
        "`CVPolarTanh`, `CVPolarLog`, `CVPolarSquash`; cvnn `pol_tanh`, "
        "`pol_sigmoid`, `pol_selu`; pytorch-complex `modSigmoid`",
        "RealSoftmax": "complextorch `MagSoftMax`; cvnn `softmax_real_with_abs`, "
        "`softmax_real_with_avg` and six more",
        "SplitActivation": "complextorch `GeneralizedSplitActivation`, `CTanh`, "
        "`CSigmoid`, `CGELU`, `CELU`, `CCELU`; pytorch-complex `Tanh`, `Sigmoid`, "
        "`CSiLU`, `CGELU`; torchcvnn `IndependentRealImag`; cvnn `cart_relu`, "
        "`cart_tanh` and ten more; asteroid `OnReIm`",
        "STFT": "complextorch `STFT`; torch `stft`; asteroid `STFTFB`",
        "ZReLU": "complextorch, pytorch-complex, torchcvnn `zReLU`; cvnn `zrelu`",
        "Pack": "complextorch `ComplexToConcatenated`",
        "Unpack": "complextorch `ConcatenatedToComplex`",
        "ComplexInput": "cvnn `ComplexInput`",
    },
    "activations": {
        "cardioid": "cvnn `complex_cardioid`",
        "crelu": "pytorch-complex `crelu`; complexPyTorch `complex_relu`; cvnn `crelu`",
        "georgiou": "cvnn `georgiou_cdbp`",
        "hirose": "pytorch-complex `hirose`",
        "modrelu": "pytorch-complex `modrelu`; cvnn `modrelu`",
        "polar": "complextorch `apply_complex_polar`",
        "polar_sigmoid": "pytorch-complex `modsigmoid`; cvnn `pol_sigmoid`",
        "polar_tanh": 'cvnn `pol_tanh`; asteroid `BoundComplexMask("BDT")`',
        "real_softmax": "cvnn `softmax_real_with_abs` and seven more",
        "split": "complextorch `apply_complex_split`; complexPyTorch `apply_complex`; "
        "asteroid `on_reim`",
        "split_elu": "cvnn `cart_elu`",
        "split_gelu": "pytorch-complex `cgelu`",
        "split_sigmoid": "pytorch-complex `sigmoid`; cvnn `cart_sigmoid`; asteroid "
        '`BoundComplexMask("BDSS")`',
        "split_silu": "pytorch-complex `csilu`",
        "split_tanh": "pytorch-complex `tanh`; cvnn `cart_tanh`",
        "zrelu": "pytorch-complex `zrelu`; cvnn `zrelu`",
    },
    "losses": {
        "L2Loss": "complextorch `MSELoss`; torchcvnn `ComplexMSELoss`; cvnn "
        "`ComplexMeanSquareError`",
        "LogCoshLoss": "complextorch `CVLogCoshError`",
        "MixIT": "asteroid `MixITLossWrapper`",
        "MultiResolutionSTFTLoss": "asteroid `SingleSrcMultiScaleSpectral`",
        "NegativeSDSDR": 'asteroid `SingleSrcNegSDR("sdsdr")`',
        "NegativeSISDR": 'asteroid `SingleSrcNegSDR("sisdr")`; SpeechBrain '
        "`cal_si_snr`",
        "NegativeSNR": 'asteroid `SingleSrcNegSDR("snr")`; SpeechBrain `cal_snr`',
        "PermutationInvariant": "asteroid `PITLossWrapper`; SpeechBrain `PitWrapper`",
        "SinkhornPermutationInvariant": "asteroid `SinkPITLossWrapper`",
        "SinkhornAnnealing": "asteroid `SinkPITBetaScheduler`",
    },
    "metrics": {},
    "initializers": {
        "ComplexRayleigh": "complextorch, pytorch-complex `trabelsi_standard_`; "
        "keras-complex `ComplexInit`; SpeechBrain `complex_init`",
        "ComplexUnitary": "complextorch, pytorch-complex `trabelsi_independent_`; "
        "keras-complex `ComplexIndependentFilters`; SpeechBrain `unitary_init`",
        "ComplexVarianceScaling": "complextorch, pytorch-complex `xavier_normal_`, "
        "`kaiming_uniform_` and two more; torchcvnn `complex_xavier_normal_` and "
        "three more; cvnn `ComplexGlorotNormal` and three more",
    },
}

KERAS_LAYERS = """\
On packed tensors these act on both parts alike, which is what the complex layer would
do: `Cropping1D`, `2D`, `3D`, `ZeroPadding1D`, `2D`, `3D`, `Permute` and `Reshape` of
all axes but the last, `RepeatVector`, `TimeDistributed`, `Masking` (a step is masked if
both parts of all its channels have the mask value), `Add`, `Subtract`, `Average`,
`Identity`, `ActivityRegularization`. So do `L2` regularization (of `|w|^2`) and every
optimizer. `Concatenate` on the last axis does not: use `ops.concatenate`. Nor do
`Flatten`, `Bidirectional` with `merge_mode="concat"`, and `Multiply`."""

LEFT_OUT = {
    "cvnn `etf_circular_tan` and other elementary functions of a complex variable": (
        "their poles and exponential growth make training diverge; Liouville's "
        "theorem leaves no bounded one"
    ),
    "cvnn `ComplexAccuracy` and other metrics of classification; "
    "`ComplexAverageCrossEntropy`": (
        "classes are real: `RealSoftmax`, then Keras's own losses and metrics"
    ),
    "cvnn `ComplexFlatten`": "`ops.split_parts`, `keras.layers.Flatten`, "
    "`ops.join_parts`; no network here ends so",
    "cvnn `ExtendedTensorBoard`": "weights are real variables, so Keras's callback "
    "shows them",
    "complextorch `MagBatchNorm1d`, `2d`, `3d`": "no published network uses it",
    "complextorch `Conv2dMasked`, `LinearARD`, `LinearVD` and their kind": (
        "pruning, which belongs to a tool for it"
    ),
    "complextorch `wFMConv2d`, `tReLU`, `PrototypeDistance`, `CVKANLayer`": (
        "networks on manifolds and splines, each a model of one paper"
    ),
    "complextorch `MambaBlock`, `DSS`": "models of a family that no model here uses",
    "complextorch `HolographicAttention`, `EfficientChannelAttention2d`, "
    "`MaskedChannelAttention2d`": "models of one paper each",
    "complextorch `PhaseDivConv2d`, `PhaseConjConv2d`": "models of one paper each",
    "complextorch, torchcvnn `ViT`": "a model, not a layer",
    "complextorch, pytorch-complex `Bilinear`": "Keras has no real one",
    "pytorch-complex `LPPool2d`, `FractionalMaxPool2d`, `AdaptiveMaxPool2d`": (
        "Keras has the last one in real form only; the others not at all"
    ),
    "pytorch-complex `AlphaDropout`": "made for SELU, which has no complex form",
    "complextorch `SSIM`, `SplitSSIM`": "losses of images",
    "complextorch, torchcvnn data sets of radar and their transforms": (
        "`zoo.data` reads speech"
    ),
}
