"""readers_settings.py TRAINER DUMP: does the trainer's own parser take every command
that is rendered for it, DUMP/TRAINER/VARIANT, and does it see a name that it does not
have? Where a parser reads over such a name, the names are held against its own list."""

import argparse
import ast
import dataclasses
import glob
import importlib.util
import json
import os
import sys
import types

import yaml

from readers_rows import check, say

TYPO = "lerning_rate"


def commands(trainer, dump):
    found = sorted(glob.glob(os.path.join(dump, trainer, "*", "command.json")))
    check(len(found) > 3, f"{dump}/{trainer} has {len(found)} commands")
    for path in found:
        with open(path, encoding="utf-8") as f:
            yield os.path.basename(os.path.dirname(path)), json.load(f)


def after(argv, word):
    return argv[argv.index(word) + 1:]


def config_of(argv):
    path = argv[-1]
    with open(path, encoding="utf-8") as f:
        return path, yaml.safe_load(f)


def known_here(trainer, names):
    """Preflight names settings that the trainer would read over, by a list of ours."""
    path = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "launch", "trainer", "keys", trainer + ".txt")
    with open(path, encoding="utf-8") as f:
        ours = set(f.read().split())
    check(ours == names, f"{path} lacks {sorted(names - ours)} and has {sorted(ours - names)}")


def refused(what, parse, *args):
    try:
        parse(*args)
    except (Exception, SystemExit) as e:
        return str(e)
    check(False, f"{what} is read over")


def pretend_gpu():
    """A parser on a CPU refuses bfloat16 and the like; what it is to judge is the
    names and the kinds of values."""
    import torch
    import transformers.training_args
    import transformers.utils.import_utils

    for module in (transformers.training_args, transformers.utils, transformers.utils.import_utils):
        for name in ("is_torch_bf16_gpu_available", "is_torch_bf16_available_on_device"):
            if hasattr(module, name):
                setattr(module, name, lambda *_: True)
    torch.cuda.is_bf16_supported = lambda *_, **__: True


def without_deepspeed(settings, fields):
    """DeepSpeed is no part of what is installed here; that its setting is one is."""
    check("deepspeed" not in settings or "deepspeed" in fields, "deepspeed is no setting")
    return {k: v for k, v in settings.items() if k != "deepspeed"}


def training_fields():
    from transformers import TrainingArguments

    return {f.name for f in dataclasses.fields(TrainingArguments)}


def llamafactory():
    os.environ["DISABLE_VERSION_CHECK"] = "1"
    pretend_gpu()
    import llamafactory.hparams.parser
    from llamafactory.hparams import get_train_args

    llamafactory.hparams.parser.check_version = lambda *_, **__: None  # of kernels that are no part of what is installed here

    def parse(argv):
        _, settings = config_of(argv)
        settings = without_deepspeed(settings, training_fields())
        resume = settings.pop("resume_from_checkpoint", None)
        _, data, training, tuning, _ = get_train_args(settings)
        check(training.learning_rate == settings["learning_rate"], f"learning rate {training.learning_rate}")
        check(resume is None or os.path.isdir(resume), f"{resume} is not there")
        # Where it packs, it takes one off.
        check(data.cutoff_len == settings["cutoff_len"] - data.packing and data.neat_packing == settings["packing"], f"{data}")
        check(tuning.finetuning_type == settings["finetuning_type"], f"{tuning}")

    def typo(argv):
        _, settings = config_of(argv)
        get_train_args(dict(without_deepspeed(settings, training_fields()), **{TYPO: 1}))

    return parse, typo


def trl():
    pretend_gpu()
    from trl.scripts.sft import make_parser

    def parse(argv):
        parser = make_parser()  # which keeps what it has read as defaults
        path, settings = config_of(argv)
        known = {name for t in parser.dataclass_types for name in (f.name for f in dataclasses.fields(t))}
        known_here("trl", known)
        unknown = set(settings) - known
        check(not unknown, f"TRL has no {sorted(unknown)}")
        settings = without_deepspeed(settings, known)
        with open(path + ".parsed.yaml", "w", encoding="utf-8") as f:
            yaml.safe_dump(settings, f)
        script, training, model, _ = parser.parse_args_and_config(["--config", path + ".parsed.yaml"], fail_with_unknown_args=True)
        for name in ("learning_rate", "max_length", "warmup_steps", "num_train_epochs", "gradient_accumulation_steps", "resume_from_checkpoint"):
            check(getattr(training, name) == settings.get(name, getattr(training, name)), f"{name} is {getattr(training, name)}")
        check(training.get_warmup_steps(1000) == 50, f"{training.get_warmup_steps(1000)} of 1000 steps are warmup")
        check(model.use_peft == settings.get("use_peft", False), f"{model}")
        from datasets import load_dataset

        read = load_dataset(script.dataset_name, split=script.dataset_train_split)
        check(len(read) > 0, f"{script.dataset_name} has no rows")

    def typo(argv):
        path, settings = config_of(argv)
        with open(path + ".typo.yaml", "w", encoding="utf-8") as f:
            yaml.safe_dump(dict(without_deepspeed(settings, {"deepspeed"}), **{TYPO: 1}), f)
        make_parser().parse_args_and_config(["--config", path + ".typo.yaml"], fail_with_unknown_args=True)

    return parse, typo


def axolotl():
    pretend_gpu()
    import axolotl.cli.config as cli
    from axolotl.integrations.liger.args import LigerArgs
    from axolotl.utils.schemas.config import AxolotlInputConfig
    from axolotl.utils.schemas.datasets import SFTDataset
    from axolotl.utils.config import validate_config
    from axolotl.utils.dict import DictDefault

    sys.modules["ring_flash_attn"] = types.ModuleType("ring_flash_attn")  # looked for, and built with CUDA alone

    def capabilities():
        return {"bf16": True, "n_gpu": 8, "compute_capability": "sm_90", "fp8": False, "tf32": True}, {"torch_version": "2.11.0"}

    def names(model):
        return set(model.model_fields)

    def parse(argv):
        _, settings = config_of(argv)
        known_here("axolotl", names(AxolotlInputConfig) | names(LigerArgs))
        unknown = set(settings) - names(AxolotlInputConfig) - names(LigerArgs)
        check(not unknown, f"axolotl has no {sorted(unknown)}")
        for data in settings["datasets"]:
            check(not set(data) - names(SFTDataset), f"axolotl's datasets have no {sorted(set(data) - names(SFTDataset))}")
        cfg = DictDefault(settings)
        cli.prepare_plugins(cfg)
        os.environ["WORLD_SIZE"] = "8"  # a row may be shared by as many
        read = validate_config(cfg, *capabilities())
        check(read.learning_rate == settings["learning_rate"] and read.sequence_len == settings["sequence_len"], f"{read}")
        check(read.excess_length_strategy == "raise" and read.num_epochs == settings["num_epochs"], f"{read}")
        check(read.datasets[0]["type"] == settings["datasets"][0]["type"], f"{read.datasets}")

    def typo(argv):
        _, settings = config_of(argv)
        unknown = (set(settings) | {TYPO}) - names(AxolotlInputConfig) - names(LigerArgs)
        if unknown:  # its own parser reads over them
            raise ValueError(f"no such name: {unknown}")

    return parse, typo


def swift():
    pretend_gpu()
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    from swift.arguments import SftArguments
    from swift.cli.main import parse_yaml_args
    from swift.utils import parse_args
    import swift.trainers.arguments

    swift.trainers.arguments.is_liger_available = lambda: True  # no part of what is installed here

    def read(settings, path):
        with open(path, "w", encoding="utf-8") as f:
            yaml.safe_dump(settings, f)
        argv = [path]
        parse_yaml_args(argv)
        return parse_args(SftArguments, argv)

    def parse(argv):
        path, settings = config_of(argv)
        fields = {f.name for f in dataclasses.fields(SftArguments)}
        check(not set(settings) - fields, f"ms-swift has no {sorted(set(settings) - fields)}")
        plain = without_deepspeed(settings, fields)
        plain.pop("resume_from_checkpoint", None)  # it looks for an args.json of its own there
        plain.pop("sequence_parallel_size", None)  # it counts the processes, of which there is one here
        args, remaining = read(plain, path + ".parsed.yaml")
        check(not remaining, f"ms-swift reads over {remaining}")
        check(args.learning_rate == settings["learning_rate"] and args.max_length == settings["max_length"], f"{args.learning_rate}, {args.max_length}")
        check(args.strict is True and args.weight_decay == settings["weight_decay"] and args.adam_beta2 == 0.999, f"{args.strict}, {args.weight_decay}")
        training = args.training_args
        check(training.get_warmup_steps(1000) == 50, f"{training.get_warmup_steps(1000)} of 1000 steps are warmup")
        check(training.num_train_epochs == settings["num_train_epochs"] and training.output_dir == settings["output_dir"], f"{training.output_dir}")
        check(training.save_only_model is False and training.logging_nan_inf_filter is False, "save_only_model, logging_nan_inf_filter")

    def typo(argv):
        path, settings = config_of(argv)
        _, remaining = read(dict(without_deepspeed(settings, {"deepspeed"}), **{TYPO: 1}), path + ".typo.yaml")
        if remaining:
            raise ValueError(f"{remaining} remain, which swift sft refuses")

    return parse, typo


def verl():
    from hydra import compose, initialize_config_module
    from omegaconf import OmegaConf

    def read(argv):
        with initialize_config_module("verl.trainer.config", version_base=None):
            return compose("sft_trainer_engine", overrides=argv)

    def parse(argv):
        from verl.utils.config import omega_conf_to_dataclass

        given = after(argv, "verl.trainer.sft_trainer")
        cfg = read(given)
        OmegaConf.resolve(cfg)
        check(all(os.path.isfile(f) for f in cfg.data.train_files), f"{cfg.data.train_files}")
        for part in (cfg.model, cfg.engine, cfg.optim, cfg.checkpoint):
            if part is not cfg.model:  # which loads the checkpoint
                omega_conf_to_dataclass(part)
        said = dict(word.split("=", 1) for word in given)
        check(cfg.optim.lr == float(said["optim.lr"]) and cfg.data.max_length == int(said["data.max_length"]), f"{cfg.optim.lr}")
        check(cfg.trainer.default_local_dir == said["trainer.default_local_dir"], f"{cfg.trainer.default_local_dir}")

    def typo(argv):
        read(after(argv, "verl.trainer.sft_trainer") + [f"optim.{TYPO}=1"])

    return parse, typo


def argument_parser(source):
    """The argparse that the program makes below its `if __name__ == "__main__"`,
    without what it does with the result: it reads options by an assignment."""
    body = next(n for n in source.body if isinstance(n, ast.If)).body
    end = next(i for i, n in enumerate(body) if "parse_args" in ast.unparse(n))
    kept = [n for n in body[:end] if "parser" in ast.unparse(n)]
    space = {"argparse": argparse}
    exec("from datetime import datetime\n" + "\n".join(ast.unparse(n) for n in kept), space)
    return space["parser"]


def openrlhf():
    path = os.path.join(os.path.dirname(importlib.util.find_spec("openrlhf").origin), "cli", "train_sft.py")
    with open(path, encoding="utf-8") as f:
        parser = argument_parser(ast.parse(f.read()))

    def parse(argv):
        given = after(argv, "openrlhf.cli.train_sft")
        args = vars(parser.parse_args(given))
        check(all(os.path.isfile(f) for f in args["data.dataset"].split(",")), args["data.dataset"])
        check(args["adam.lr"] == 5e-5 and args["data.multiturn"] and args["ds.packing_samples"], f"{args}")

    def typo(argv):
        parser.parse_args(after(argv, "openrlhf.cli.train_sft") + [f"--train.{TYPO}", "1"])

    return parse, typo


def nemo():
    from nemo_automodel.cli.utils import load_yaml, resolve_recipe_name
    from nemo_automodel.components.config._arg_parser import parse_args_and_load_config
    from nemo_automodel.recipes._dist_utils import parse_distributed_section
    from nemo_automodel.recipes._typed_config import RecipeConfig
    from transformers import AutoTokenizer

    def parse(argv):
        path = argv[-1]
        check(resolve_recipe_name(load_yaml(path)["recipe"]).endswith("TrainFinetuneRecipeForNextTokenPrediction"), "another recipe")
        raw = parse_args_and_load_config(path, argv=[])
        cfg = RecipeConfig(raw)
        steps, rate, ckpt = cfg.step_scheduler, cfg.lr_scheduler, cfg.checkpoint
        check(steps.global_batch_size == 16 and rate.max_lr == 5e-5 and rate.min_lr == 0 and ckpt.enabled, f"{steps}, {rate}, {ckpt}")
        check(cfg.optimizer is not None and cfg.loss_fn is not None, "no optimizer, or no loss")
        parse_distributed_section(raw.distributed.to_dict())
        if raw.get("peft") is not None:
            check(raw.peft.instantiate().dim in (16, 64), "another rank")
        data = raw.dataset.instantiate(tokenizer=AutoTokenizer.from_pretrained(raw.model.pretrained_model_name_or_path))
        row = data[0]
        trained = sum(label != -100 for label in row["labels"])
        check(0 < trained < len(row["input_ids"]), f"{trained} of {len(row['input_ids'])} tokens are trained")

    def typo(argv):
        path = argv[-1]
        with open(path, encoding="utf-8") as f:
            settings = yaml.safe_load(f)
        settings["step_scheduler"][TYPO] = 1
        with open(path + ".typo.yaml", "w", encoding="utf-8") as f:
            yaml.safe_dump(settings, f)
        RecipeConfig(parse_args_and_load_config(path + ".typo.yaml", argv=[])).step_scheduler

    return parse, typo


def open_instruct():
    """Its two dataclasses by its source: the package wants CUDA to be imported."""
    from transformers import HfArgumentParser

    here = os.environ["OPEN_INSTRUCT"]
    kinds = []
    for file, name in (("finetune.py", "FlatArguments"), ("dataset_transformation.py", "TokenizerConfig")):
        with open(os.path.join(here, "open_instruct", file), encoding="utf-8") as f:
            tree = ast.parse(f.read())
        node = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == name)
        node.body = [n for n in node.body if not isinstance(n, ast.FunctionDef)]
        space = {"__file__": file, "os": os}
        exec(
            "from dataclasses import dataclass, field\nfrom typing import Literal\n"
            "TOKENIZED_SFT_DATASET_KEYS = []\nGROUND_TRUTHS_KEY = DEFAULT_SFT_MESSAGES_KEY = 'x'\n" + ast.unparse(node), space)
        kinds.append(space[name])
    parser = HfArgumentParser(kinds)

    def parse(argv):
        flat, tokenizer = parser.parse_args_into_dataclasses(after(argv, "open_instruct.finetune"))
        check(flat.push_to_hub is False and flat.do_not_randomize_output_dir and flat.clean_checkpoints_at_end is False, f"{flat}")
        check(flat.learning_rate == 5e-5 and tokenizer.sft_messages_key == "messages", f"{flat.learning_rate}")

    def typo(argv):
        parser.parse_args_into_dataclasses(after(argv, "open_instruct.finetune") + [f"--{TYPO}", "1"])

    return parse, typo


def main(trainer, dump):
    trainer = {"swift": "ms-swift"}.get(trainer, trainer)  # as the environment is named
    parse, typo = {
        "llamafactory": llamafactory, "trl": trl, "axolotl": axolotl, "ms-swift": swift, "verl": verl,
        "openrlhf": openrlhf, "nemo-automodel": nemo, "open-instruct": open_instruct,
    }[trainer]()
    read = []
    for variant, command in commands(trainer, dump):
        try:
            parse(command["argv"])
        except BaseException as e:
            print(f"{trainer}/{variant}: {type(e).__name__}: {e}", file=sys.stderr)
            raise
        read.append(variant)
    said = refused(f"{TYPO} in {trainer}", typo, command["argv"])
    check(TYPO in said or said == "2", f"another refusal: {said}")  # 2 is argparse's, which prints it
    say(f"{trainer}'s own parser takes {len(read)} commands ({', '.join(read)}) and refuses a name that it does not have")


if __name__ == "__main__":
    main(*sys.argv[1:])
