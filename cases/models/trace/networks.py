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
import huggingface
import others
import restoration
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

TORCHVISION_KINDS = [
    ("mobile|mnasnet|shufflenet|efficientnet", "mobile"),
    ("convnext", "large-kernels"),
    ("vit|swin", "transformers"),
]


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
            kind = next(
                (kind for pattern, kind in TORCHVISION_KINDS if re.search(pattern, name)), "classification"
            )
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

            task = {
                "seg": "SegmentationModel",
                "pose": "PoseModel",
                "obb": "OBBModel",
                "cls": "ClassificationModel",
            }.get(name.rsplit("-")[-1], "DetectionModel")
            kind = "RTDETRDetectionModel" if "detr" in name else task
            with torch.device("cpu"):
                model = getattr(tasks, kind)(name + ".yaml", verbose=False)
            model = model.to("meta").eval()
            model.model[-1].training = not name.endswith(
                "-cls"
            )  # a detector then stops before it chooses boxes
            size = 1280 if "-p6" in name else 224 if "-cls" in name else 640
            image = torch.empty(1, 3, size, size)
            return lambda: model.predict(image)

        return call

    for name in YOLO:
        yield Network("segmentation" if "-seg" in name else "detection", name, build(name))


# ---- segmentation_models_pytorch and pytorchcv

SMP = [
    "Unet",
    "UnetPlusPlus",
    "MAnet",
    "Linknet",
    "FPN",
    "PSPNet",
    "PAN",
    "DeepLabV3",
    "DeepLabV3Plus",
    "UPerNet",
    "Segformer",
]
SMP_ENCODERS = ["resnet34", "resnet50", "efficientnet-b0", "mobilenet_v2", "mit_b0"]


def of_smp():
    import segmentation_models_pytorch as smp

    for decoder in SMP:
        for encoder in SMP_ENCODERS:
            if encoder == "mit_b0" and decoder in ("UnetPlusPlus", "Linknet"):
                continue  # no such network
            make = lambda d=decoder, e=encoder: getattr(smp, d)(
                encoder_name=e, encoder_weights=None, classes=19
            )
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

    for name, path, arguments, size in restoration.NETWORKS:
        yield Network("restoration", name, build(path, arguments, size))


SOURCES = [of_torchvision, of_timm, of_ultralytics, of_smp, of_pytorchcv, of_spandrel]
MODULES = [huggingface, others, diffusion]


def all():
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # definitions only, no weights
    for source in SOURCES:
        yield from source()
    for module in MODULES:
        for kind, name, build in module.networks():
            yield Network(kind, name, build)
