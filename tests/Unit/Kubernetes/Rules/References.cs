using System.Text.Json.Nodes;

namespace Tests.Unit.Kubernetes.Rules;

/// <summary>What one object names of another is there: pods by their labels, ports, accounts, ConfigMaps, Secrets, workloads, Services.</summary>
internal static class References
{
    public static IEnumerable<string> Find(Rendered rendered) =>
        [.. Duplicates(rendered), .. Workloads(rendered), .. Services(rendered), .. Secrets(rendered), .. Targets(rendered)];

    /// <summary>The keys that are named of each Secret: those of sidecars' tokens, as Dapr's injector wants them, are "token".</summary>
    public static ILookup<string, string> SecretKeys(Rendered rendered)
    {
        var keys = new List<(string Secret, string Key)>();
        foreach (var workload in rendered.Workloads)
        {
            keys.AddRange(workload.Containers.SelectMany(c => c.All("env")).Select(e => e.At("valueFrom/secretKeyRef")).OfType<JsonNode>()
                .Select(r => (r.Text("name")!, r.Text("key")!)));
            keys.AddRange(from volume in workload.Pod.All("volumes")
                          let secret = volume.Text("secret/secretName")
                          where secret is not null
                          from key in volume.All("secret/items").Select(i => i.Text("key")!).DefaultIfEmpty("")
                          select (secret, key));
            keys.AddRange(workload.Annotations.Where(a => a.Key is "dapr.io/api-token-secret" or "dapr.io/app-token-secret").Select(a => (a.Value, "token")));
        }

        keys.AddRange(rendered.Of("Component").SelectMany(c => c.Node.All("spec/metadata")).Select(m => m.At("secretKeyRef")).OfType<JsonNode>()
            .Select(r => (r.Text("name")!, r.Text("key")!)));
        keys.AddRange(rendered.Of("Ingress").SelectMany(i => i.Node.All("spec/tls")).SelectMany(t => new[] { "tls.crt", "tls.key" }.Select(k => (t.Text("secretName")!, k))));
        return keys.Distinct().ToLookup(k => k.Secret, k => k.Key);
    }

    private static IEnumerable<string> Duplicates(Rendered rendered) =>
        rendered.Manifests.GroupBy(m => m.ToString()).Where(g => g.Count() > 1).Select(g => $"{g.Key}: is there {g.Count()} times")
            .Concat(rendered.Manifests.Where(m => m.Kind != "Namespace" && m.Node.Text("metadata/namespace") != rendered.Namespace)
                .Select(m => $"{m}: is not in the namespace {rendered.Namespace}"))
            .Concat(rendered.Of("Secret").Select(s => $"{s}: a Secret's values do not belong into the repository"));

    private static IEnumerable<string> Workloads(Rendered rendered)
    {
        foreach (var workload in rendered.Workloads)
        {
            var selector = workload.Manifest.Node.Texts("spec/selector/matchLabels");
            if (selector.Count == 0 || selector.Except(workload.Labels).Any())
            {
                yield return $"{workload}: its selector does not match its pods";
            }

            if (rendered.Workloads.Any(w => w.Name != workload.Name && !selector.Except(w.Labels).Any()))
            {
                yield return $"{workload}: its selector matches another's pods, too";
            }

            if (!rendered.Of("ServiceAccount").Any(a => a.Name == workload.Pod.Text("serviceAccountName")))
            {
                yield return $"{workload}: there is no account '{workload.Pod.Text("serviceAccountName")}'";
            }

            if (workload.Manifest.Kind == "StatefulSet" && !rendered.Of("Service").Any(s => s.Name == workload.Manifest.Node.Text("spec/serviceName")))
            {
                yield return $"{workload}: there is no Service '{workload.Manifest.Node.Text("spec/serviceName")}'";
            }

            var maps = rendered.Of("ConfigMap").ToDictionary(c => c.Name, c => c.Node.Texts("data"), StringComparer.Ordinal);
            foreach (var volume in workload.Pod.All("volumes").Where(v => v.At("configMap") is not null))
            {
                if (!maps.TryGetValue(volume.Text("configMap/name")!, out var data))
                {
                    yield return $"{workload}: there is no ConfigMap '{volume.Text("configMap/name")}'";
                    continue;
                }

                foreach (var mount in workload.Containers.SelectMany(c => c.All("volumeMounts"))
                    .Where(m => m.Text("name") == volume.Text("name") && m.Text("subPath") is { } file && !data.ContainsKey(file)))
                {
                    yield return $"{workload}: the ConfigMap '{volume.Text("configMap/name")}' has no '{mount.Text("subPath")}'";
                }
            }

            foreach (var port in workload.Containers.SelectMany(c => new[] { "startupProbe", "livenessProbe", "readinessProbe" }.Select(c.At))
                .Select(p => p.Text("httpGet/port") ?? p.Text("tcpSocket/port")).OfType<string>().Where(p => !workload.Ports.ContainsKey(p)))
            {
                yield return $"{workload}: a probe asks the port '{port}', which its containers do not have";
            }
        }
    }

    private static IEnumerable<string> Services(Rendered rendered)
    {
        foreach (var service in rendered.Of("Service"))
        {
            var selector = service.Node.Texts("spec/selector");
            var pods = rendered.Workloads.Where(w => !selector.Except(w.Labels).Any()).ToList();
            if (selector.Count == 0 || pods.Count != 1)
            {
                yield return $"{service}: its selector matches the pods of {pods.Count} workloads";
                continue;
            }

            foreach (var target in service.Node.All("spec/ports").Select(p => p.Text("targetPort") ?? p.Text("port")!))
            {
                if (!pods[0].Ports.ContainsKey(target) && !pods[0].Ports.Values.Any(p => $"{p}" == target))
                {
                    yield return $"{service}: {pods[0]} has no port '{target}'";
                }
            }
        }

        foreach (var (ingress, backend) in rendered.Of("Ingress").SelectMany(i =>
            i.Node.All("spec/rules").SelectMany(r => r.All("http/paths")).Select(p => (i, p.At("backend/service")))))
        {
            var service = rendered.Of("Service").FirstOrDefault(s => s.Name == backend.Text("name"));
            if (service is null || !service.Node.All("spec/ports").Any(p => p.Text("name") == backend.Text("port/name")))
            {
                yield return $"{ingress}: there is no Service '{backend.Text("name")}' with a port '{backend.Text("port/name")}'";
            }
        }
    }

    private static IEnumerable<string> Secrets(Rendered rendered)
    {
        var known = SecretsScript.Made();
        foreach (var secret in SecretKeys(rendered).Where(s => s.Key is not "gateway-tls"))
        {
            if (!known.TryGetValue(secret.Key, out var keys))
            {
                yield return $"nobody makes the Secret '{secret.Key}'";
                continue;
            }

            foreach (var key in secret.Where(k => k.Length > 0 && !keys.Contains(k)))
            {
                yield return $"the Secret '{secret.Key}' has no key '{key}'";
            }
        }
    }

    private static IEnumerable<string> Targets(Rendered rendered)
    {
        foreach (var scaler in rendered.Of("HorizontalPodAutoscaler"))
        {
            var target = rendered.Workloads.FirstOrDefault(w =>
                w.Manifest.Kind == scaler.Node.Text("spec/scaleTargetRef/kind") && w.Name == scaler.Node.Text("spec/scaleTargetRef/name"));
            if (target is null)
            {
                yield return $"{scaler}: scales nothing that there is";
                continue;
            }

            if (target.Manifest.At("spec/replicas") is not null || target.Manifest.Kind != "Deployment")
            {
                yield return $"{scaler}: {target} says itself how many there are";
            }

            if (scaler.Node.All("spec/metrics").Any(m => target.Containers.All(c => c.Text("name") != m.Text("containerResource/container"))))
            {
                yield return $"{scaler}: measures a container that {target} does not have";
            }
        }

        foreach (var budget in rendered.Of("PodDisruptionBudget"))
        {
            var selector = budget.Node.Texts("spec/selector/matchLabels");
            if (selector.Count == 0 || !rendered.Workloads.Any(w => !selector.Except(w.Labels).Any()))
            {
                yield return $"{budget}: keeps no pods";
            }
        }

        var classes = rendered.Workloads.SelectMany(w => w.Pod.All("topologySpreadConstraints").Select(c => (w, c)));
        foreach (var (workload, _) in classes.Where(x => x.c.Texts("labelSelector/matchLabels").Except(x.w.Labels).Any()))
        {
            yield return $"{workload}: spreads pods that it is not one of";
        }
    }
}
