using System.Net;
using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Hosting;

/// <summary>Where an app listens, as its configuration says.</summary>
/// <param name="Port">APP_PORT, set by Dapr's run: on 127.0.0.1. Null where the framework's own settings decide.</param>
/// <param name="Open">The first address that others than this machine reach; null where there is none.</param>
public sealed record Listening(int? Port, string? Open)
{
    /// <summary>Reads APP_PORT, else what the framework listens by: urls, http_ports, https_ports, Kestrel:Endpoints.</summary>
    public static Listening Read(IConfiguration configuration)
    {
        if (configuration["APP_PORT"] is { Length: > 0 } text)
        {
            return int.TryParse(text, out var port) && port is > 0 and <= IPEndPoint.MaxPort
                ? new Listening(port, null)
                : throw new SettingException("environment", "APP_PORT", $"'{text}' is no port", "Write a number from 1 to 65535.");
        }

        var urls = configuration["urls"] is { Length: > 0 } given
            ? given.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [.. Ports(configuration, "http_ports"), .. Ports(configuration, "https_ports")];
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).OfType<string>();
        return new Listening(null, urls.Concat(endpoints).FirstOrDefault(u => !IsLoopback(u)));
    }

    private static IEnumerable<string> Ports(IConfiguration configuration, string name) =>
        (configuration[name] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(p => $"*:{p}");

    // "http://+:80" and "http://*:80" are no URIs, and open to all.
    private static bool IsLoopback(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.IsLoopback || uri.Host == "unix" || url.Contains("//unix:", StringComparison.OrdinalIgnoreCase));
}
