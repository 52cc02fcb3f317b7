"""Networks that hear (panns-inference, torchcrepe, torchaudio) and that look at medical images (monai)."""

import torch


def of_audio():
    def panns(name):
        def build():
            from panns_inference import models

            model = getattr(models, name)(32000, 1024, 320, 64, 50, 14000, 527).eval()

            def call():
                x = torch.empty(1, 1, 1001, 64)  # a log mel spectrogram of ten seconds
                for i in range(1, 7):
                    x = getattr(model, f"conv_block{i}")(
                        x, pool_size=(2, 2) if i < 6 else (1, 1), pool_type="avg"
                    )

            return call

        return build

    def crepe(size):
        def build():
            import torchcrepe

            model = torchcrepe.Crepe(size).eval()
            return lambda: model(torch.empty(1, 1024))

        return build

    def demucs(name):
        def build():
            import torchaudio

            model = getattr(torchaudio.models, name)(["drums", "bass", "other", "vocals"]).eval()
            return lambda: model(torch.empty(1, 2, 44100 * 4))

        return build

    yield ("audio", "panns-cnn14", panns("Cnn14"))
    yield ("audio", "crepe-full", crepe("full"))
    yield ("audio", "crepe-tiny", crepe("tiny"))
    yield ("audio", "hdemucs-low", demucs("hdemucs_low"))
    yield ("audio", "hdemucs-medium", demucs("hdemucs_medium"))
    yield ("audio", "hdemucs-high", demucs("hdemucs_high"))


def of_medicine():
    def on(make, channels, size):
        def build():
            model = make().eval()
            return lambda: model(torch.empty(1, channels, size, size))

        return build

    from monai.networks import nets

    yield (
        "segmentation",
        "monai-unet",
        on(lambda: nets.UNet(2, 1, 2, (16, 32, 64, 128, 256), (2, 2, 2, 2), num_res_units=2), 1, 256),
    )
    yield ("segmentation", "monai-basicunet", on(lambda: nets.BasicUNet(2), 1, 256))
    yield (
        "segmentation",
        "monai-attentionunet",
        on(lambda: nets.AttentionUnet(2, 1, 2, (16, 32, 64, 128, 256), (2, 2, 2, 2)), 1, 256),
    )
    yield ("segmentation", "monai-segresnet", on(lambda: nets.SegResNet(2), 1, 256))
    yield (
        "segmentation",
        "monai-dynunet",
        on(lambda: nets.DynUNet(2, 1, 2, [3] * 6, [1] + [2] * 5, [2] * 5), 1, 256),
    )
    yield ("segmentation", "monai-vnet", on(lambda: nets.VNet(2), 1, 256))
    yield ("segmentation", "monai-highresnet", on(lambda: nets.HighResNet(2), 1, 256))
    yield (
        "segmentation",
        "monai-flexibleunet",
        on(lambda: nets.FlexibleUNet(3, 2, "efficientnet-b0", spatial_dims=2), 3, 256),
    )


def networks():
    yield from of_audio()
    yield from of_medicine()
