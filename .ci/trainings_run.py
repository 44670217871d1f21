"""Runs as the command line shows them, and what their trainers wrote themselves."""

import glob
import json
import os
import shutil
import subprocess
import time

LIMIT = float(os.environ.get("TRAINYARD_CI_STAGE_SECONDS", "900"))


class Fault(Exception):
    """What was to hold does not."""


def check(holds, otherwise):
    if not holds:
        raise Fault(otherwise)


def whole(path):
    """It is there a moment before all of it is written."""
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)["global_step"] > 0
    except ValueError:
        return False


class Yard:
    """The command line of one case, and the runs that it launched."""

    def __init__(self, work, dataset, model):
        self.work, self.dataset, self.model = work, dataset, model
        self.home = os.path.join(work, "home")
        self.places = {"local": self.home, "cluster": self.home, "box": os.path.join(work, "box", "root", ".trainyard")}
        self.launched = []

    def run(self, trainer, *args):
        env = dict(os.environ, TRAINYARD_HOME=self.home, XDG_CONFIG_HOME=os.path.join(self.work, f"config-{trainer}"))
        venv = os.path.join(os.environ["ENVIRONMENTS"], "trl" if trainer == "command" else trainer)
        env["PATH"] = os.path.join(venv, "bin") + ":" + env["PATH"]
        done = subprocess.run([os.environ["TRAINYARD"], *args], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=LIMIT)
        check(done.returncode == 0, f"trainyard {' '.join(args)} ends with {done.returncode}: {done.stderr.strip()[-2000:]}")
        return done

    def call(self, trainer, *args):
        return self.run(trainer, *args).stdout

    def words(self, trainer, place, steps, save, *more):
        """The command line of a launch."""
        return (
            "launch", self.dataset, "--trainer", trainer, "--backend", place, f"model.base={self.model}", "train.precision=fp32",
            "train.batch=1", "train.lr=1e-3", f"train.max_steps={steps}", f"train.save_every={save}", *more)

    def launch(self, trainer, *how):
        id = json.loads(self.call(trainer, *self.words(trainer, *how), "--json", "--again", "--detach"))["id"]
        self.launched.append(id)
        return id

    def told(self, trainer, *how):
        done = self.run(trainer, *self.words(trainer, *how))
        return done.stdout + done.stderr

    def trainer_of(self, id):
        with open(os.path.join(self.home, "runs", id, "run.json"), encoding="utf-8") as f:
            return json.load(f)["job"]["trainer"]

    def show(self, id):
        return json.loads(self.call(self.trainer_of(id), "runs", "show", id, "--json"))

    def wait(self, id):
        until = time.monotonic() + LIMIT
        while time.monotonic() < until:
            run = self.show(id)
            if run["state"] in ("succeeded", "failed", "cancelled", "preempted", "lost"):
                return run
            time.sleep(1)
        raise Fault(f"after {LIMIT:.0f} s it is {run['state']} at step {run['step']}")

    def stop(self, id):
        try:
            self.call(self.trainer_of(id), "runs", "stop", id)
        except (Fault, OSError, subprocess.TimeoutExpired) as e:
            print(f"{id} could not be stopped: {e}")

    def curve(self, run):
        """The loss, point by point, over all attempts."""
        return json.loads(self.call(run["job"]["trainer"], "runs", "metrics", run["id"], "--key", "loss", "--json"))["curves"][0]["points"]

    def checkpoints(self, run):
        """The newest step first."""
        listed = json.loads(self.call(run["job"]["trainer"], "runs", "checkpoints", run["id"], "--json"))
        return listed if isinstance(listed, list) else listed["checkpoints"]

    def attempt(self, id, n, place="local"):
        return os.path.join(self.places[place], "runs", id, f"attempt-{n}")

    def alive(self, id):
        """Command lines of processes of a run on this machine."""
        found = []
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(path, "rb") as f:
                    words = f.read().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if os.path.join("runs", id) in words:
                found.append(words)
        return found

    def states(self, id, n, place):
        return glob.glob(os.path.join(self.attempt(id, n, place), "**", "trainer_state.json"), recursive=True)

    def own_curve(self, run):
        """The loss by step of the newest trainer_state.json, which has that of the
        attempts before in it too."""
        newest, at = {}, -1
        for path in self.states(run["id"], run["attempt"], run["job"]["backend"]):
            with open(path, encoding="utf-8") as f:
                state = json.load(f)
            if state["global_step"] > at:
                newest, at = state, state["global_step"]
        check(at >= 0, "the trainer wrote no trainer_state.json")
        return {entry["step"]: entry["loss"] for entry in newest["log_history"] if "loss" in entry}

    def until_saved(self, id, place):
        """Waits for the first checkpoint, looking where it is written."""
        looked = began = time.monotonic()
        while not any(whole(path) for path in self.states(id, 1, place)):
            now = time.monotonic()
            check(now < began + LIMIT, "there is no checkpoint")
            if now > looked + 5:
                looked, run = now, self.show(id)
                check(run["state"] in ("starting", "queued", "running"), f"before its first checkpoint it is {run['state']}: {run.get('reason')}")
            time.sleep(0.02)

    def sweep(self, ended):
        """Removes what its runs saved: the weights of all cases would be large. Runs of
        a case that did not hold may go on still."""
        for id in self.launched:
            if not ended:
                self.stop(id)
            for root in set(self.places.values()):
                for path in glob.glob(os.path.join(root, "runs", id, "attempt-*", "out")):
                    shutil.rmtree(path, ignore_errors=True)
