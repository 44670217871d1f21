# What transformers prints without a log of its own.
mkdir -p "$1"
printf 'Loading checkpoint shards: 100%%|####| 2/2 [00:00<00:00]\n'
printf '\r  0%%|          | 0/4 [00:00<?, ?it/s]\r 50%%|#####     | 2/4 [00:01<00:01]'
printf "\n{'loss': 1.5, 'grad_norm': 0.5, 'learning_rate': 1e-05, 'epoch': 0.5}\n"
printf '\r100%%|##########| 4/4 [00:02<00:00]'
printf "\n{'loss': '1.25', 'learning_rate': '0', 'epoch': '1'}\n"
printf "{'train_runtime': 2.0, 'train_loss': 1.4, 'epoch': 1.0}\n"
