"""Vision and audio networks of transformers, at the default configurations of their classes."""

import torch

HUGGINGFACE = {
    "transformers": """ViT Beit DeiT DPT Swin Swinv2 Segformer Cvt PoolFormer Levit MobileViT MobileViTV2 Pvt PvtV2 GLPN
        Dinov2 ViTMAE ViTMSN Yolos Data2VecVision FocalNet EfficientFormer SwiftFormer Hiera IJepa""",
    "large-kernels": "ConvNext ConvNextV2 Van",
    "mobile": "MobileNetV1 MobileNetV2 EfficientNet TextNet",
    "classification": "ResNet RegNet Bit",
}
VISION_TOWERS = [
    "CLIPVision",
    "SiglipVision",
    "ChineseCLIPVision",
    "BlipVision",
    "AltCLIPVision",
    "Blip2Vision",
    "OwlViTVision",
    "GitVision",
]


def networks():
    import transformers as t

    def build(prefix, channels=3):
        def call():
            config = getattr(t, prefix + "Config")()
            model = getattr(t, prefix + "Model")(config).eval()
            size = getattr(config, "image_size", None) or 224
            size = size if isinstance(size, (list, tuple)) else (size, size)
            return lambda: model(torch.empty(1, getattr(config, "num_channels", channels), *size))

        return call

    for kind, prefixes in HUGGINGFACE.items():
        for prefix in prefixes.split():
            yield (kind, "hf-" + prefix.lower(), build(prefix))
    for prefix in VISION_TOWERS:
        yield ("transformers", "hf-" + prefix.lower().replace("vision", ""), build(prefix))
    yield from of_tasks(t)


def of_tasks(t):
    def on(make, *shape, argument="pixel_values", **more):
        def build():
            model = make().eval()
            return lambda: model(**{argument: torch.empty(1, *shape)}, **more)

        return build

    yield (
        "dense",
        "depth-anything-small",
        on(lambda: t.DepthAnythingForDepthEstimation(t.DepthAnythingConfig()), 3, 518, 518),
    )
    yield ("dense", "zoedepth", on(lambda: t.ZoeDepthForDepthEstimation(t.ZoeDepthConfig()), 3, 384, 512))
    yield ("dense", "dpt-large", on(lambda: t.DPTForDepthEstimation(t.DPTConfig()), 3, 384, 384))
    yield ("dense", "glpn-nyu", on(lambda: t.GLPNForDepthEstimation(t.GLPNConfig()), 3, 480, 640))
    yield (
        "dense",
        "vitpose-base",
        on(
            lambda: t.VitPoseForPoseEstimation(
                t.VitPoseConfig(backbone_config=t.VitPoseBackboneConfig(out_indices=[12]))
            ),
            3,
            256,
            192,
        ),
    )
    yield (
        "dense",
        "superpoint",
        on(
            lambda: t.SuperPointForKeypointDetection(t.SuperPointConfig()).encoder,
            1,
            480,
            640,
            argument="input",
        ),
    )
    yield (
        "segmentation",
        "segformer-b0",
        on(lambda: t.SegformerForSemanticSegmentation(t.SegformerConfig()), 3, 512, 512),
    )
    yield (
        "segmentation",
        "upernet-convnext-tiny",
        on(
            lambda: t.UperNetForSemanticSegmentation(
                t.UperNetConfig(
                    backbone_config=t.ConvNextConfig(out_features=["stage1", "stage2", "stage3", "stage4"])
                )
            ),
            3,
            512,
            512,
        ),
    )
    yield (
        "segmentation",
        "beit-base-ade",
        on(
            lambda: t.BeitForSemanticSegmentation(
                t.BeitConfig(image_size=640, use_relative_position_bias=True, out_indices=[3, 5, 7, 11])
            ),
            3,
            640,
            640,
        ),
    )
    yield (
        "segmentation",
        "mobilevit-deeplabv3",
        on(lambda: t.MobileViTForSemanticSegmentation(t.MobileViTConfig()), 3, 512, 512),
    )
    yield (
        "segmentation",
        "mask2former-swin-tiny",
        on(lambda: t.Mask2FormerForUniversalSegmentation(t.Mask2FormerConfig()), 3, 384, 384),
    )
    yield (
        "segmentation",
        "maskformer-swin",
        on(lambda: t.MaskFormerForInstanceSegmentation(t.MaskFormerConfig()), 3, 384, 384),
    )
    yield (
        "segmentation",
        "sam-vit-base-encoder",
        on(lambda: t.SamModel(t.SamConfig()).vision_encoder, 3, 1024, 1024),
    )
    yield ("segmentation", "clipseg", on(lambda: t.CLIPSegModel(t.CLIPSegConfig()).vision_model, 3, 352, 352))
    yield (
        "segmentation",
        "vitmatte",
        on(
            lambda: t.VitMatteForImageMatting(
                t.VitMatteConfig(
                    backbone_config=t.VitDetConfig(
                        num_channels=4,
                        image_size=512,
                        hidden_size=384,
                        num_attention_heads=6,
                        out_features=["stage12"],
                    )
                )
            ),
            4,
            512,
            512,
        ),
    )
    yield ("detection", "rt-detr-r50", on(lambda: t.RTDetrModel(t.RTDetrConfig()), 3, 640, 640))
    yield ("detection", "owlv2-vision", on(lambda: t.Owlv2Model(t.Owlv2Config()).vision_model, 3, 768, 768))
    yield (
        "audio",
        "audio-spectrogram-transformer",
        on(lambda: t.ASTModel(t.ASTConfig()), 1024, 128, argument="input_values"),
    )
    yield (
        "audio",
        "clap-htsat",
        on(
            lambda: t.ClapModel(t.ClapConfig()).audio_model.audio_encoder,
            1,
            1001,
            64,
            argument="input_features",
            is_longer=None,
        ),
    )
