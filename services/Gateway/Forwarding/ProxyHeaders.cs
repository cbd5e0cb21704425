using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using ServiceDefaults.Hosting;
using IPNetwork = System.Net.IPNetwork;

namespace Gateway.Forwarding;

/// <summary>
/// Who the client is where a proxy (nginx) stands before the gateway: the proxy says so in X-Forwarded-For and X-Forwarded-Proto. They are
/// believed from this machine, and from the addresses and networks in configuration <c>TrustedProxies</c> (with commas between them); from anybody
/// else they are ignored, and so is all but the last hop. Networks are for where a proxy's address changes with every start, as that of a pod does.
/// </summary>
internal static class ProxyHeaders
{
    /// <summary>Name of the setting.</summary>
    public const string Setting = "TrustedProxies";

    /// <exception cref="SettingException">The setting names what is neither address nor network.</exception>
    public static void AddProxyHeaders(this WebApplicationBuilder builder)
    {
        var proxies = (builder.Configuration[Setting] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(Read).ToList();
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            // Loopback is in its lists from the start.
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.ForwardLimit = 1;
            proxies.ForEach(options.KnownIPNetworks.Add);
        });
    }

    private static IPNetwork Read(string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        return IPNetwork.TryParse(text, out var network)
            ? network
            : throw new SettingException(
                "environment or appsettings.json", Setting, $"'{text}' is neither an IP address nor a network",
                "Name proxies as in '10.0.0.5, 10.244.0.0/16'.");
    }
}
