#!/usr/bin/env bash
# Makes the Secrets that the overlays name, each once: one that is there stays as it is. Values are random, are never part of a command line, and are
# in no file that stays, but for the operator's key, which you need.
#
#   k8s/create-secrets.sh [NAMESPACE]        # the key: .run/k8s/operator.key
#
# Not made here: gateway-tls (the Ingress's certificate), and what overlays need of a broker elsewhere: kafka, servicebus. README.md says how.
set -euo pipefail
cd "$(dirname "$0")/.."
namespace=${1:-daprconsistency}
umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

exists() { kubectl -n "$namespace" get secret "$1" > /dev/null 2>&1; }
random() { head -c 24 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_'; }
create() { kubectl -n "$namespace" create secret generic "$@"; }

# What a sidecar shows its app, and what an app shows its sidecar: different ones for each app. Dapr's injector wants the key to be "token".
for secret in {gateway,orders,inventory,invoices}-api-token {orders,inventory,invoices}-app-token; do
    if ! exists "$secret"; then
        random > "$folder/token"
        create "$secret" --from-file=token="$folder/token"
    fi
done

if ! exists redis; then
    random > "$folder/password"
    printf 'requirepass %s\n' "$(cat "$folder/password")" > "$folder/auth.conf"
    create redis --from-file=password="$folder/password" --from-file=auth.conf="$folder/auth.conf"
fi

# The gateway gets hashes of keys; Prometheus the key by which it reads metrics; you the operator's.
if ! exists gateway-keys; then
    key() { dotnet run --project cli -- keys create --role "$1" --name "$2" --file "$folder/keys.json"; }
    mkdir -p .run/k8s
    key operator operator > .run/k8s/operator.key
    key monitor prometheus | tr -d '\n' > "$folder/key"
    # gateway-keys last: where it is, the others are.
    kubectl -n "$namespace" delete secret gateway-monitor-key --ignore-not-found
    create gateway-monitor-key --from-file=key="$folder/key"
    create gateway-keys --from-file=keys.json="$folder/keys.json"
    echo "The operator's key of the gateway is in .run/k8s/operator.key." >&2
fi
