"""The box of the walk over ssh, as .ci/box-up makes it."""

import os
import subprocess

NUMBERS = range(100, 121)


class Box:
    def __init__(self, directory, paths):
        self.directory, self.paths, self.process, self.number = directory, paths, None, None

    def up(self):
        """The first time it takes a free number, which it has from then on."""
        os.makedirs(self.directory, exist_ok=True)
        for number in NUMBERS if self.number is None else [self.number]:
            program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "box-up")
            box = subprocess.Popen(
                [program, self.directory, f"trnw{number}", str(number), *self.paths], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            if box.stdout.readline() == "ready\n":
                self.process, self.number = box, number
                self.tell()
                return
            box.wait()
        raise RuntimeError("no box comes up")

    def tell(self):
        """Where the settings of each trainer find it."""
        work = os.path.dirname(self.directory)
        for trainer in os.environ["TRAINERS"].split():
            directory = os.path.join(work, f"config-{trainer}", "trainyard")
            os.makedirs(directory, exist_ok=True)
            venv = os.path.join(os.environ["ENVIRONMENTS"], trainer, "bin")
            with open(os.path.join(directory, "config.yaml"), "w", encoding="utf-8") as f:
                f.write(
                    "backends:\n"
                    f"  - {{name: box, kind: ssh, hosts: [10.77.{self.number}.2], ssh_config: {self.directory}/ssh_config, path: [{venv}]}}\n"
                    "  - {name: cluster, kind: slurm, gpus: none}\n")

    def kill(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None
