# bash completion of btcw(1). Options are held against --help by a test.

_btcw_words() {
  case $1 in
    '') echo '--help --version --config --quiet --verbose --log-format --color' ;;
    price) echo '--exchange --all-exchanges --max-age --offline --refresh --fail-stale --format --json --template --if' ;;
    watch) echo '--once --for --interval --exchange --no-stream --ndjson --json --demo --seed --replay --replay-speed --list-schedules --next --from --alerts-only --explain' ;;
    notify) echo '--title --priority --channel --tag --url --attach --dedup-key --dedup-window --ttl --delay --at --now --dry-run --ndjson --from' ;;
    queue-drain) echo '--max --follow --concurrency --timeout --dry-run --json --list --state --show --retry --purge-dead --older-than --log --channel --since' ;;
    token) echo '--sub --iss --aud --scope --claim --claims --jti --ttl --exp --nbf --profile --kid --typ --key --key-env --key-fd --alg --insecure-key-arg --allow-weak-key --ndjson --json --max-size --now --any-aud --require --leeway --max-age --at --revocations --jws --out --force --bits --not-after --public --list --prune --repair' ;;
    symbols) echo '--match --refresh --all --format --json' ;;
    config) echo '--origin --json --path' ;;
  esac
}

_btcw() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local commands='price watch symbols notify queue-drain token config' command='' skip='' word
  # "--format=x" comes as three words.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then
      skip=''
    elif [[ $word == --config || $word == --log-format || $word == --color ]]; then
      skip=yes
    elif [[ $word != -* && " $commands " == *" $word "* ]]; then
      command=$word
      break
    fi
  done
  COMPREPLY=()
  case $previous in
    --config | --path)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return ;;
    --log-format)
      mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$current")
      return ;;
    --color)
      mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current")
      return ;;
    -f | --format)
      mapfile -t COMPREPLY < <(compgen -W 'table plain json ndjson csv tsv' -- "$current")
      return ;;
    -e | --exchange)
      mapfile -t COMPREPLY < <(compgen -W 'binance binanceus coinbase kraken okx bybit bitstamp gemini kucoin gate htx bitfinex mexc bitget cryptocom coingecko demo' -- "$current")
      return ;;
    --replay)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return ;;
    --replay-speed)
      mapfile -t COMPREPLY < <(compgen -W 'max 1x 10x' -- "$current")
      return ;;
    -p | --priority)
      mapfile -t COMPREPLY < <(compgen -W 'urgent normal low' -- "$current")
      return ;;
    --from)
      mapfile -t COMPREPLY < <(compgen -W 'freqtrade tradingview alertmanager' -- "$current")
      return ;;
    --state)
      mapfile -t COMPREPLY < <(compgen -W 'pending claimed dead corrupt' -- "$current")
      return ;;
    -t | --title | -c | --channel | --tag | --url | --dedup-key | --dedup-window | --ttl | --delay | --at | --max | --concurrency | --timeout | --show | --retry | --older-than | --since)
      return ;;
    -m | --max-age | --template | --for | --interval | --seed)
      return ;;
    --key | --claims | --out | --revocations | --attach)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return ;;
    --alg)
      mapfile -t COMPREPLY < <(compgen -W 'HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA' -- "$current")
      return ;;
    config)
      mapfile -t COMPREPLY < <(compgen -W 'check show init' -- "$current")
      return ;;
    token)
      mapfile -t COMPREPLY < <(compgen -W 'issue verify inspect keygen jwks revoke revoked' -- "$current")
      return ;;
  esac
  if [[ $command == symbols && $current != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'binance binanceus coinbase kraken okx bybit bitstamp gemini kucoin gate htx bitfinex mexc bitget cryptocom coingecko' -- "$current")
    return
  fi
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_btcw_words '') $(_btcw_words "$command")" -- "$current")
  elif [[ -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
  fi
}

complete -F _btcw btcw
