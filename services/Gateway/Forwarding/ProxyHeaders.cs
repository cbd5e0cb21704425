using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using ServiceDefaults.Hosting;

namespace Gateway.Forwarding;

/// <summary>
/// Who the client is where a proxy (nginx) stands before the gateway: the proxy says so in X-Forwarded-For and X-Forwarded-Proto. They are
/// believed from this machine, and from the addresses in configuration <c>TrustedProxies</c> (with commas between them); from anybody else they
/// are ignored, and so is all but the last hop.
/// </summary>
internal static class ProxyHeaders
{
    /// <summary>Name of the setting.</summary>
    public const string Setting = "TrustedProxies";

    /// <exception cref="SettingException">The setting names what is no address.</exception>
    public static void AddProxyHeaders(this WebApplicationBuilder builder)
    {
        var proxies = (builder.Configuration[Setting] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(text => IPAddress.TryParse(text, out var address)
                ? address
                : throw new SettingException(
                    "environment or appsettings.json", Setting, $"'{text}' is no IP address", "Name proxies as in '10.0.0.5, 10.0.0.6'."))
            .ToList();
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            // Loopback is in its lists from the start.
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.ForwardLimit = 1;
            proxies.ForEach(options.KnownProxies.Add);
        });
    }
}
