"""Which networks are traced: public definitions in published packages, each at its usual size.

A network is a kind, a name, and a function that builds it and returns a call of it. Names are those
of the package; where two packages have the same one, the first keeps it. The kinds are the names of
the files in the folder above.
"""

import dataclasses
import importlib
import os
import re
from typing import Callable

import torch

import diffusion
import timm_names


@dataclasses.dataclass
class Network:
    kind: str
    name: str
    build: Callable


def on_image(make, channels, height, width=None, **inputs):
    """Builds a network and calls it on one image."""
    def build():
        model = make().eval()
        return lambda: model(torch.empty(1, channels, height, width or height), **inputs)
    return build


# ---- timm

def of_timm():
    import timm

    def build(name):
        def call():
            model = timm.create_model(name).eval()
            return lambda: model(torch.empty(1, *model.default_cfg["input_size"]))
        return call
    for kind, names in timm_names.BY_KIND.items():
        for name in names.split():
            yield Network(kind, name, build(name))


# ---- torchvision

TORCHVISION_KINDS = [("mobile|mnasnet|shufflenet|efficientnet", "mobile"), ("convnext", "large-kernels"), ("vit|swin", "transformers")]


def torchvision_detector(name):
    """The parts that convolve: boxes are chosen by value, which a tensor without elements lacks."""
    import torchvision
    sizes = {"ssd300_vgg16": 300}
    size = sizes.get(name, 320 if "320" in name else 800)

    def build():
        model = torchvision.models.get_model(name, weights=None, weights_backbone=None).eval()

        def call():
            features = model.backbone(torch.empty(1, 3, size, size))
            features = list(features.values()) if isinstance(features, dict) else [features]
            if hasattr(model, "rpn"):
                model.rpn.head(features)
                torchvision_roi_heads(model.roi_heads)
            else:
                model.head(features)
        return call
    return build


def torchvision_roi_heads(heads):
    """One region each: 7x7 of the features for its box, 14x14 for its mask or keypoints."""
    channels = 256
    if heads.mask_head:
        heads.mask_predictor(heads.mask_head(torch.empty(1, channels, 14, 14)))
    if heads.keypoint_head:
        heads.keypoint_predictor(heads.keypoint_head(torch.empty(1, channels, 14, 14)))
    heads.box_head(torch.empty(1, channels, 7, 7))


def of_torchvision():
    from torchvision import models

    def plain(name, size):
        return on_image(lambda: models.get_model(name, weights=None), 3, size)
    for name in models.list_models(module=models):
        if not name.startswith("quantized"):
            kind = next((kind for pattern, kind in TORCHVISION_KINDS if re.search(pattern, name)), "classification")
            yield Network(kind, name, plain(name, 299 if name.startswith("inception") else 224))
    for name in models.list_models(module=models.segmentation):
        make = lambda name=name: models.get_model(name, weights=None, weights_backbone=None)
        yield Network("segmentation", name, on_image(make, 3, 520))
    for name in models.list_models(module=models.detection):
        yield Network("detection", name, torchvision_detector(name))
    for name in ("raft_small", "raft_large"):
        def build(name=name):
            model = models.get_model(name, weights=None).eval()
            return lambda: model(torch.empty(1, 3, 368, 496), torch.empty(1, 3, 368, 496), num_flow_updates=2)
        yield Network("dense", name, build)


# ---- ultralytics

YOLO = """yolov3-tiny yolov3 yolov3-spp yolov5n yolov5s yolov5m yolov5l yolov5x yolov5n-p6 yolov5x-p6 yolov6n yolov6s
yolov6l yolov8n yolov8s yolov8m yolov8l yolov8x yolov8n-p2 yolov8n-p6 yolov8n-ghost yolov8s-seg yolov8m-pose yolov9t
yolov9s yolov9m yolov9c yolov9e yolov10n yolov10s yolov10m yolov10b yolov10l yolov10x yolo11n yolo11s yolo11m yolo11l
yolo11x yolo11n-obb yolo11n-pose yolo12n yolo12s yolo12m yolo12l yolo12x yolo26n yolo26m yolo26x yolov8n-seg yolov9c-seg
yolo11n-seg yolo11m-seg yolo12n-seg yolov8n-rtdetr rtdetr-l rtdetr-x rtdetr-resnet50 rtdetr-resnet101 yolov8n-cls
yolov8m-cls yolo11n-cls yolo11x-cls""".split()


def of_ultralytics():
    def build(name):
        def call():
            from ultralytics.nn import tasks
            task = {"seg": "SegmentationModel", "pose": "PoseModel", "obb": "OBBModel",
                    "cls": "ClassificationModel"}.get(name.rsplit("-")[-1], "DetectionModel")
            kind = "RTDETRDetectionModel" if "detr" in name else task
            with torch.device("cpu"):
                model = getattr(tasks, kind)(name + ".yaml", verbose=False)
            model = model.to("meta").eval()
            model.model[-1].training = not name.endswith("-cls")  # a detector then stops before it chooses boxes
            size = 1280 if "-p6" in name else 224 if "-cls" in name else 640
            image = torch.empty(1, 3, size, size)
            return lambda: model.predict(image)
        return call
    for name in YOLO:
        yield Network("segmentation" if "-seg" in name else "detection", name, build(name))


# ---- segmentation_models_pytorch and pytorchcv

SMP = ["Unet", "UnetPlusPlus", "MAnet", "Linknet", "FPN", "PSPNet", "PAN", "DeepLabV3", "DeepLabV3Plus", "UPerNet",
       "Segformer"]
SMP_ENCODERS = ["resnet34", "resnet50", "efficientnet-b0", "mobilenet_v2", "mit_b0"]


def of_smp():
    import segmentation_models_pytorch as smp
    for decoder in SMP:
        for encoder in SMP_ENCODERS:
            if encoder == "mit_b0" and decoder in ("UnetPlusPlus", "Linknet"):
                continue  # no such network
            make = lambda d=decoder, e=encoder: getattr(smp, d)(encoder_name=e, encoder_weights=None, classes=19)
            yield Network("segmentation", f"{decoder.lower()}-{encoder}", on_image(make, 3, 512))
    make = lambda: smp.DPT(encoder_name="tu-vit_base_patch16_224.augreg_in21k", encoder_weights=None)
    yield Network("segmentation", "dpt-vit_base_patch16", on_image(make, 3, 224))


PYTORCHCV = {
    "classification": """airnet50_1x64d_r2 bagnet17 bagnet33 bam_resnet50 bninception cbam_resnet50 channelnet
        condensenet74_c4_g4 darknet19 darknet53 darknet_ref darknet_tiny darts densenet40_k12_cifar10
        densenet100_k12_bc_cifar10 diracnet18v2 drnc26 drnd22 fishnet99 fractalnet_cifar10 hardnet68 ibn_resnet50
        inceptionresnetv1 irevnet301 msdnet22 nasnet_6a4032 nin_cifar10 nasnet_4a1056 octresnet50b_ad2 peleenet
        pnasnet5large polynet preresnet18 pyramidnet110_a48_cifar10 resattnet56 resnet20_cifar10 resnet56_cifar10
        resnet110_cifar10 resnext29_32x4d_cifar10 rir_cifar10 ror3_56_cifar10 scnet50 senet16 sknet50 sparsenet121
        squeezenet_v1_0 squeezeresnet_v1_0 vovnet39 wrn28_10_cifar10 wrn16_10_cifar10 xdensenet121_2 zfnet
        shakeshakeresnet20_2x16d_cifar10 sqnxt23_w1""",
    "mobile": """dicenet_w1 espnetv2_w1 fdmobilenet_w1 igcv3_w1 menet108_8x1_g3 menet228_12x1_g3 mnasnet_a1
        proxylessnas_cpu proxylessnas_gpu proxylessnas_mobile shufflenet_g1_w1 shufflenet_g3_w1 shufflenet_g8_w1
        shufflenetv2_w1 spnasnet mobilenet_w1 mobilenet_wd4 igcv3_wd4 fdmobilenet_wd4""",
    "segmentation": """bisenet_resnet18_celebamaskhq cgnet_cityscapes dabnet_cityscapes danet_resnetd50b_cityscapes
        edanet_cityscapes enet_cityscapes erfnet_cityscapes esnet_cityscapes espcnet_cityscapes fastscnn_cityscapes
        fcn8sd_resnetd50b_voc fpenet_cityscapes icnet_resnetd50b_cityscapes lednet_cityscapes linknet_cityscapes
        pspnet_resnetd50b_voc segnet_cityscapes sinet_cityscapes unet_cityscapes sqnet_cityscapes
        ctxnet_cityscapes""",
    "dense": """alphapose_fastseresnet101b_coco centernet_resnet18_coco ibppose_coco
        lwopenpose2d_mobilenet_cmupan_coco simplepose_resnet50b_coco simplepose_mobile_mobilenet_w1_coco
        prnet""",
    "detection": "lffd20x5s320v2_widerface lffd25x8s560v1_widerface",
}


def of_pytorchcv():
    from pytorchcv.model_provider import get_model

    def build(name):
        def call():
            model = get_model(name).eval()
            size = getattr(model, "in_size", None) or (224, 224)
            channels = getattr(model, "in_channels", 3)
            return lambda: model(torch.empty(1, channels, *size))
        return call
    for kind, names in PYTORCHCV.items():
        for name in names.split():
            yield Network(kind, name, build(name))


# ---- spandrel: super-resolution and restoration

SPANDREL = [
    # name, module and class below spandrel.architectures, its arguments, side of the image
    ("esrgan-x4", "ESRGAN.__arch.RRDB.RRDBNet", {}, 64), ("esrgan-x2", "ESRGAN.__arch.RRDB.RRDBNet", {"in_nc": 12, "scale": 2, "shuffle_factor": 2}, 64),
    ("real-esrgan-compact-x4", "Compact.__arch.SRVGG.SRVGGNetCompact", {}, 128),
    ("swinir-m-x4", "SwinIR.__arch.SwinIR.SwinIR", {"img_size": 64, "window_size": 8, "depths": [6] * 6, "embed_dim": 180, "num_heads": [6] * 6, "mlp_ratio": 2, "upscale": 4, "upsampler": "pixelshuffle"}, 64),
    ("swinir-s-x2", "SwinIR.__arch.SwinIR.SwinIR", {"img_size": 64, "window_size": 8, "depths": [6] * 4, "embed_dim": 60, "num_heads": [6] * 4, "mlp_ratio": 2, "upscale": 2, "upsampler": "pixelshuffledirect"}, 64),
    ("swin2sr-x4", "Swin2SR.__arch.Swin2SR.Swin2SR", {"img_size": 64, "window_size": 8, "depths": [6] * 6, "embed_dim": 180, "num_heads": [6] * 6, "mlp_ratio": 2, "upscale": 4, "upsampler": "pixelshuffle"}, 64),
    ("hat-x4", "HAT.__arch.HAT.HAT", {"img_size": 64, "window_size": 16, "depths": [6] * 6, "embed_dim": 180, "num_heads": [6] * 6, "compress_ratio": 3, "upscale": 4, "upsampler": "pixelshuffle"}, 64),
    ("dat-x4", "DAT.__arch.DAT.DAT", {"upscale": 4}, 64), ("drct-x4", "DRCT.__arch.drct_arch.DRCT", {"img_size": 64, "window_size": 16, "embed_dim": 180, "depths": [6] * 6, "num_heads": [6] * 6, "upscale": 4, "upsampler": "pixelshuffle"}, 64),
    ("omnisr-x4", "OmniSR.__arch.OmniSR.OmniSR", {}, 64), ("span-x4", "SPAN.__arch.span.SPAN", {"num_in_ch": 3, "num_out_ch": 3}, 128),
    ("plksr-x4", "PLKSR.__arch.PLKSR.PLKSR", {}, 64), ("realplksr-x4", "PLKSR.__arch.RealPLKSR.RealPLKSR", {}, 64),
    ("mosr-x4", "MoSR.__arch.mosr_arch.MoSR", {}, 64), ("safmn-x4", "SAFMN.__arch.safmn.SAFMN", {"dim": 36}, 64),
    ("rcan-x4", "RCAN.__arch.rcan_arch.RCAN", {}, 64), ("rgt-x4", "RGT.__arch.rgt.RGT", {}, 64),
    ("atd-x4", "ATD.__arch.atd_arch.ATD", {}, 64), ("craft-x4", "CRAFT.__arch.CRAFT.CRAFT", {}, 64),
    ("seemore-x4", "SeemoRe.__arch.seemore_arch.SeemoRe", {}, 64), ("ditn-x4", "DITN.__arch.DITN_Real.DITN_Real", {}, 64),
    ("dctlsa-x4", "DCTLSA.__arch.dctlsa.DCTLSA", {}, 64), ("grl-x4", "GRL.__arch.grl.GRL", {}, 64),
    ("swift-srgan", "SwiftSRGAN.__arch.SwiftSRGAN.Generator", {}, 64), ("ipt-x2", "IPT.__arch.ipt.IPT", {}, 48),
    ("real-cugan-x2", "RealCUGAN.__arch.upcunet_v3.UpCunet2x", {}, 128), ("real-cugan-x3", "RealCUGAN.__arch.upcunet_v3.UpCunet3x", {}, 128),
    ("real-cugan-x4", "RealCUGAN.__arch.upcunet_v3.UpCunet4x", {}, 128), ("mm-realsr", "MMRealSR.__arch.mmrealsr_arch.MMRRDBNet_test", {"num_in_ch": 3, "num_out_ch": 3}, 64),
    ("dncnn", "DnCNN.__arch.network_dncnn.DnCNN", {}, 256), ("drunet", "DRUNet.__arch.network_unet.DRUNet", {}, 256),
    ("fbcnn", "FBCNN.__arch.FBCNN.FBCNN", {}, 256), ("scunet", "SCUNet.__arch.SCUNet.SCUNet", {}, 256),
    ("nafnet-width64", "NAFNet.__arch.NAFNet_arch.NAFNet", {"width": 64, "enc_blk_nums": [2, 2, 4, 8], "middle_blk_num": 12, "dec_blk_nums": [2, 2, 2, 2]}, 256),
    ("nafnet-width32", "NAFNet.__arch.NAFNet_arch.NAFNet", {"width": 32, "enc_blk_nums": [1, 1, 1, 28], "middle_blk_num": 1, "dec_blk_nums": [1, 1, 1, 1]}, 256),
    ("kbnet-s", "KBNet.__arch.kbnet_s.KBNet_s", {}, 256), ("uformer", "Uformer.__arch.Uformer.Uformer", {}, 128),
    ("fftformer", "FFTformer.__arch.fftformer_arch.FFTformer", {}, 256), ("mixdehazenet", "MixDehazeNet.__arch.MixDehazeNet.MixDehazeNet", {}, 256),
    ("retinexformer", "RetinexFormer.__arch.retinexformer_arch.RetinexFormer", {}, 256), ("hvi-cidnet", "HVICIDNet.__arch.cidnet.CIDNet", {}, 256),
    ("gfpgan-clean", "GFPGAN.__arch.gfpganv1_clean_arch.GFPGANv1Clean", {"out_size": 512, "num_style_feat": 512, "channel_multiplier": 2, "different_w": True, "input_is_latent": True, "sft_half": True}, 512),
    ("restoreformer", "RestoreFormer.__arch.restoreformer_arch.RestoreFormer", {}, 512),
]


def of_spandrel():
    def build(path, arguments, size):
        def make():
            module, name = path.rsplit(".", 1)
            return getattr(importlib.import_module("spandrel.architectures." + module), name)(**arguments)

        def call():
            model = make().eval()
            first = next(m for m in model.modules() if isinstance(m, torch.nn.Conv2d))
            channels = min(first.in_channels, 3)
            return lambda: model(torch.empty(1, channels, size, size))
        return call
    for name, path, arguments, size in SPANDREL:
        yield Network("restoration", name, build(path, arguments, size))


# ---- transformers: patches of vision models, and what else convolves there

HUGGINGFACE = {
    "transformers": """ViT Beit DeiT DPT Swin Swinv2 Segformer Cvt PoolFormer Levit MobileViT MobileViTV2 Pvt PvtV2 GLPN
        Dinov2 ViTMAE ViTMSN Yolos Data2VecVision FocalNet EfficientFormer SwiftFormer Hiera IJepa""",
    "large-kernels": "ConvNext ConvNextV2 Van",
    "mobile": "MobileNetV1 MobileNetV2 EfficientNet TextNet",
    "classification": "ResNet RegNet Bit",
}
VISION_TOWERS = ["CLIPVision", "SiglipVision", "ChineseCLIPVision", "BlipVision", "AltCLIPVision", "Blip2Vision",
                 "OwlViTVision", "GitVision"]


def of_transformers():
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
            yield Network(kind, "hf-" + prefix.lower(), build(prefix))
    for prefix in VISION_TOWERS:
        yield Network("transformers", "hf-" + prefix.lower().replace("vision", ""), build(prefix))
    yield from of_transformers_tasks(t)


def of_transformers_tasks(t):
    def on(make, *shape, argument="pixel_values", **more):
        def build():
            model = make().eval()
            return lambda: model(**{argument: torch.empty(1, *shape)}, **more)
        return build
    yield Network("dense", "depth-anything-small", on(lambda: t.DepthAnythingForDepthEstimation(t.DepthAnythingConfig()), 3, 518, 518))
    yield Network("dense", "zoedepth", on(lambda: t.ZoeDepthForDepthEstimation(t.ZoeDepthConfig()), 3, 384, 512))
    yield Network("dense", "dpt-large", on(lambda: t.DPTForDepthEstimation(t.DPTConfig()), 3, 384, 384))
    yield Network("dense", "glpn-nyu", on(lambda: t.GLPNForDepthEstimation(t.GLPNConfig()), 3, 480, 640))
    yield Network("dense", "vitpose-base", on(lambda: t.VitPoseForPoseEstimation(t.VitPoseConfig(backbone_config=t.VitPoseBackboneConfig(out_indices=[12]))), 3, 256, 192))
    yield Network("dense", "superpoint", on(lambda: t.SuperPointForKeypointDetection(t.SuperPointConfig()).encoder, 1, 480, 640, argument="input"))
    yield Network("segmentation", "segformer-b0", on(lambda: t.SegformerForSemanticSegmentation(t.SegformerConfig()), 3, 512, 512))
    yield Network("segmentation", "upernet-convnext-tiny", on(lambda: t.UperNetForSemanticSegmentation(t.UperNetConfig(backbone_config=t.ConvNextConfig(out_features=["stage1", "stage2", "stage3", "stage4"]))), 3, 512, 512))
    yield Network("segmentation", "beit-base-ade", on(lambda: t.BeitForSemanticSegmentation(t.BeitConfig(image_size=640, use_relative_position_bias=True, out_indices=[3, 5, 7, 11])), 3, 640, 640))
    yield Network("segmentation", "mobilevit-deeplabv3", on(lambda: t.MobileViTForSemanticSegmentation(t.MobileViTConfig()), 3, 512, 512))
    yield Network("segmentation", "mask2former-swin-tiny", on(lambda: t.Mask2FormerForUniversalSegmentation(t.Mask2FormerConfig()), 3, 384, 384))
    yield Network("segmentation", "maskformer-swin", on(lambda: t.MaskFormerForInstanceSegmentation(t.MaskFormerConfig()), 3, 384, 384))
    yield Network("segmentation", "sam-vit-base-encoder", on(lambda: t.SamModel(t.SamConfig()).vision_encoder, 3, 1024, 1024))
    yield Network("segmentation", "clipseg", on(lambda: t.CLIPSegModel(t.CLIPSegConfig()).vision_model, 3, 352, 352))
    yield Network("segmentation", "vitmatte", on(lambda: t.VitMatteForImageMatting(t.VitMatteConfig(backbone_config=t.VitDetConfig(num_channels=4, image_size=512, hidden_size=384, num_attention_heads=6, out_features=["stage12"]))), 4, 512, 512))
    yield Network("detection", "rt-detr-r50", on(lambda: t.RTDetrModel(t.RTDetrConfig()), 3, 640, 640))
    yield Network("detection", "owlv2-vision", on(lambda: t.Owlv2Model(t.Owlv2Config()).vision_model, 3, 768, 768))
    yield Network("audio", "audio-spectrogram-transformer", on(lambda: t.ASTModel(t.ASTConfig()), 1024, 128, argument="input_values"))
    yield Network("audio", "clap-htsat", on(lambda: t.ClapModel(t.ClapConfig()).audio_model.audio_encoder, 1, 1001, 64, argument="input_features", is_longer=None))


# ---- audio

def of_audio():
    def panns(name):
        def build():
            from panns_inference import models
            model = getattr(models, name)(32000, 1024, 320, 64, 50, 14000, 527).eval()

            def call():
                x = torch.empty(1, 1, 1001, 64)  # a log mel spectrogram of ten seconds
                for i in range(1, 7):
                    x = getattr(model, f"conv_block{i}")(x, pool_size=(2, 2) if i < 6 else (1, 1), pool_type="avg")
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

    yield Network("audio", "panns-cnn14", panns("Cnn14"))
    yield Network("audio", "crepe-full", crepe("full"))
    yield Network("audio", "crepe-tiny", crepe("tiny"))
    yield Network("audio", "hdemucs-low", demucs("hdemucs_low"))
    yield Network("audio", "hdemucs-medium", demucs("hdemucs_medium"))
    yield Network("audio", "hdemucs-high", demucs("hdemucs_high"))


# ---- monai: medical images, in two dimensions

def of_monai():
    def on(make, channels, size):
        return on_image(make, channels, size)
    from monai.networks import nets
    yield Network("segmentation", "monai-unet", on(lambda: nets.UNet(2, 1, 2, (16, 32, 64, 128, 256), (2, 2, 2, 2), num_res_units=2), 1, 256))
    yield Network("segmentation", "monai-basicunet", on(lambda: nets.BasicUNet(2), 1, 256))
    yield Network("segmentation", "monai-attentionunet", on(lambda: nets.AttentionUnet(2, 1, 2, (16, 32, 64, 128, 256), (2, 2, 2, 2)), 1, 256))
    yield Network("segmentation", "monai-segresnet", on(lambda: nets.SegResNet(2), 1, 256))
    yield Network("segmentation", "monai-dynunet", on(lambda: nets.DynUNet(2, 1, 2, [3] * 6, [1] + [2] * 5, [2] * 5), 1, 256))
    yield Network("segmentation", "monai-vnet", on(lambda: nets.VNet(2), 1, 256))
    yield Network("segmentation", "monai-highresnet", on(lambda: nets.HighResNet(2), 1, 256))
    yield Network("segmentation", "monai-flexibleunet", on(lambda: nets.FlexibleUNet(3, 2, "efficientnet-b0", spatial_dims=2), 3, 256))


SOURCES = [of_torchvision, of_timm, of_ultralytics, of_smp, of_pytorchcv, of_spandrel, of_transformers, of_audio, of_monai]


def all():
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # definitions only, no weights
    for source in SOURCES:
        yield from source()
    for name, build in diffusion.networks():
        yield Network("diffusion", name, build)
