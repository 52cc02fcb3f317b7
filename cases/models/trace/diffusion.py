"""Diffusion networks, from diffusers' classes and the published configurations of their models."""

import torch

SD_UNET = dict(sample_size=64, cross_attention_dim=768)  # the class's defaults are Stable Diffusion 1
SD2_UNET = dict(
    sample_size=96, cross_attention_dim=1024, attention_head_dim=[5, 10, 20, 20], use_linear_projection=True
)
SDXL_UNET = dict(
    sample_size=128,
    cross_attention_dim=2048,
    block_out_channels=(320, 640, 1280),
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    transformer_layers_per_block=[1, 2, 10],
    attention_head_dim=[5, 10, 20],
    use_linear_projection=True,
)
SSD_UNET = dict(SDXL_UNET, transformer_layers_per_block=[1, 2, 4])
SMALL_SD_UNET = dict(
    sample_size=64,
    cross_attention_dim=768,
    layers_per_block=1,
    block_out_channels=(320, 640, 1280),
    down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
    mid_block_type=None,
)
DDPM = dict(
    norm_eps=1e-6,
    norm_num_groups=32,
    act_fn="silu",
    attention_head_dim=None,
    downsample_padding=0,
    flip_sin_to_cos=False,
    freq_shift=1,
)
DDPM_CIFAR = dict(
    DDPM,
    sample_size=32,
    block_out_channels=(128, 256, 256, 256),
    layers_per_block=2,
    down_block_types=("DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"),
)
DDPM_CELEBA = dict(
    DDPM,
    sample_size=256,
    block_out_channels=(128, 128, 256, 256, 512, 512),
    layers_per_block=2,
    down_block_types=("DownBlock2D",) * 4 + ("AttnDownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "AttnUpBlock2D") + ("UpBlock2D",) * 4,
)
LDM_CELEBA = dict(
    sample_size=64,
    block_out_channels=(224, 448, 672, 896),
    layers_per_block=2,
    attention_head_dim=32,
    down_block_types=("DownBlock2D",) + ("AttnDownBlock2D",) * 3,
    up_block_types=("AttnUpBlock2D",) * 3 + ("UpBlock2D",),
)
SD_VAE = dict(
    block_out_channels=(128, 256, 512, 512),
    layers_per_block=2,
    latent_channels=4,
    down_block_types=("DownEncoderBlock2D",) * 4,
    up_block_types=("UpDecoderBlock2D",) * 4,
)
FLUX_VAE = dict(SD_VAE, latent_channels=16, use_quant_conv=False, use_post_quant_conv=False)
VQ_F4 = dict(
    block_out_channels=(128, 256, 512),
    layers_per_block=2,
    latent_channels=3,
    num_vq_embeddings=8192,
    vq_embed_dim=3,
    down_block_types=("DownEncoderBlock2D",) * 3,
    up_block_types=("UpDecoderBlock2D",) * 3,
)


def conditioned(config, side, channels=4, **added):
    """A U-Net that attends to 77 tokens of a text."""

    def build():
        from diffusers import UNet2DConditionModel

        model = UNet2DConditionModel(**{"in_channels": channels, **config}).eval()
        text = torch.empty(1, 77, config["cross_attention_dim"])
        return lambda: model(torch.empty(1, channels, side, side), torch.ones(1), text, **added)

    return build


def sdxl(config, side, channels=4):
    def build():
        from diffusers import UNet2DConditionModel

        model = UNet2DConditionModel(
            **{
                "in_channels": channels,
                **config,
                "addition_embed_type": "text_time",
                "addition_time_embed_dim": 256,
                "projection_class_embeddings_input_dim": 2816,
            }
        ).eval()
        added = {"text_embeds": torch.empty(1, 1280), "time_ids": torch.empty(1, 6)}
        return lambda: model(
            torch.empty(1, channels, side, side),
            torch.ones(1),
            torch.empty(1, 77, 2048),
            added_cond_kwargs=added,
        )

    return build


def unconditioned(config, channels=3):
    def build():
        from diffusers import UNet2DModel

        model = UNet2DModel(**{"in_channels": channels, "out_channels": channels, **config}).eval()
        side = config["sample_size"]
        return lambda: model(torch.empty(1, channels, side, side), torch.ones(1))

    return build


def autoencoder(name, config, side):
    """Encoder and decoder, on an image of side x side."""

    def build():
        import diffusers

        model = getattr(diffusers, name)(**config).eval()

        def call():
            code = model.encode(torch.empty(1, 3, side, side))
            latent = (
                code.latent_dist.mode()
                if hasattr(code, "latent_dist")
                else code.latents if hasattr(code, "latents") else code.latent
            )
            extra = {"force_not_quantize": True} if name == "VQModel" else {}
            model.decode(latent, **extra)

        return call

    return build


def controlnet():
    from diffusers import ControlNetModel

    model = ControlNetModel(cross_attention_dim=768).eval()
    return lambda: model(
        torch.empty(1, 4, 64, 64),
        torch.ones(1),
        torch.empty(1, 77, 768),
        torch.empty(1, 3, 512, 512),
        return_dict=False,
    )


def t2i_adapter(kind):
    def build():
        from diffusers import T2IAdapter

        model = T2IAdapter(adapter_type=kind, in_channels=3).eval()
        return lambda: model(torch.empty(1, 3, 512, 512))

    return build


def patches(name, side, channels):
    """The embedding of patches of a diffusion transformer; its other layers don't convolve."""

    def build():
        import diffusers

        model = getattr(diffusers, name)(num_layers=1).eval()
        return lambda: model.pos_embed(torch.empty(1, channels, side, side))

    return build


def networks():
    yield "diffusion", "sd1-unet", conditioned(SD_UNET, 64)
    yield "diffusion", "sd1-inpainting-unet", conditioned(SD_UNET, 64, channels=9)
    yield "diffusion", "sd2-unet", conditioned(SD2_UNET, 96)
    yield "diffusion", "small-sd-unet", conditioned(SMALL_SD_UNET, 64)
    yield "diffusion", "sd-x4-upscaler-unet", conditioned(
        dict(
            cross_attention_dim=1024,
            block_out_channels=(256, 512, 512, 1024),
            attention_head_dim=8,
            use_linear_projection=True,
            down_block_types=("DownBlock2D",) + ("CrossAttnDownBlock2D",) * 3,
            out_channels=4,
            up_block_types=("CrossAttnUpBlock2D",) * 3 + ("UpBlock2D",),
        ),
        128,
        channels=7,
    )
    yield "diffusion", "sdxl-unet", sdxl(SDXL_UNET, 128)
    yield "diffusion", "ssd-1b-unet", sdxl(SSD_UNET, 128)
    yield "diffusion", "sd-controlnet", controlnet
    yield "diffusion", "t2i-adapter-full", t2i_adapter("full_adapter")
    yield "diffusion", "t2i-adapter-xl", t2i_adapter("full_adapter_xl")
    yield "diffusion", "t2i-adapter-light", t2i_adapter("light_adapter")
    yield "diffusion", "ddpm-cifar10", unconditioned(DDPM_CIFAR)
    yield "diffusion", "ddpm-celebahq", unconditioned(DDPM_CELEBA)
    yield "diffusion", "ldm-celebahq-unet", unconditioned(LDM_CELEBA)
    yield "diffusion", "sd-vae", autoencoder("AutoencoderKL", SD_VAE, 512)
    yield "diffusion", "sdxl-vae", autoencoder("AutoencoderKL", SD_VAE, 1024)
    yield "diffusion", "flux-vae", autoencoder("AutoencoderKL", FLUX_VAE, 1024)
    yield "diffusion", "ldm-vq-f4", autoencoder("VQModel", VQ_F4, 256)
    yield "diffusion", "taesd", autoencoder("AutoencoderTiny", {}, 512)
    yield "diffusion", "dc-ae-f32", autoencoder("AutoencoderDC", {}, 512)
    yield "diffusion", "sd3-patches", patches("SD3Transformer2DModel", 128, 16)
    yield "diffusion", "dit-patches", patches("DiTTransformer2DModel", 32, 4)
    yield "diffusion", "pixart-patches", patches("PixArtTransformer2DModel", 128, 4)
