using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sidecar.Resources;
using Sidecar.Resources.Yaml;

namespace Sidecar.Components.Redis;

/// <summary>
/// The metadata that all Redis components of Dapr share. What this sidecar has no use for (pools of connections are managed by themselves)
/// is read and checked, so that a file for a real Dapr can be used as it is. Source: components-contrib 1.18, common/component/redis.
/// </summary>
internal sealed class RedisMetadata(Component component)
{
    private const string HostName = "redisHost";
    private const string PortName = "redisPort";
    private const string MaxRetries = "redisMaxRetries";
    private const int DefaultPort = 6379;

    private static readonly string[] IgnoredDurations =
        ["redisMinRetryInterval", "redisMaxRetryInterval", "writeTimeout", "poolTimeout", "maxConnAge", "idleTimeout", "idleCheckFrequency"];

    private static readonly string[] IgnoredNumbers = ["poolSize", "minIdleConns"];

    // What would change where the data is: to ignore it would be to write to another place.
    private static readonly string[] Unsupported =
        ["failover", "sentinelMasterName", "sentinelUsername", "sentinelPassword", "useEntraID", "useAzureAD"];

    /// <summary>All their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        HostName, PortName, "redisUsername", "redisPassword", "redisDB", "redisType", MaxRetries, "dialTimeout", "readTimeout", "enableTLS",
        "insecureSkipTLSVerify", "clientCert", "clientKey", .. IgnoredDurations, .. IgnoredNumbers, .. Unsupported,
    ];

    /// <summary>Reads them.</summary>
    /// <exception cref="ResourceException">A value is missing, malformed or not supported.</exception>
    public RedisOptions Read()
    {
        RefuseUnsupported();
        foreach (var name in IgnoredDurations)
        {
            Duration(name);
        }
        foreach (var name in IgnoredNumbers)
        {
            Number(name, 0, int.MaxValue);
        }
        var (host, port) = Address();
        return new RedisOptions
        {
            Host = host,
            Port = port,
            Username = Text("redisUsername"),
            Password = Text("redisPassword"),
            Database = Number("redisDB", 0, int.MaxValue) ?? 0,
            IsTls = Truth("enableTLS"),
            TrustsAnyCertificate = Truth("insecureSkipTLSVerify"),
            ClientCertificate = Certificate(),
            DialTimeout = Limit("dialTimeout", RedisLimits.DialTimeout),
            ReadTimeout = Limit("readTimeout", RedisLimits.ReadTimeout),
            ConnectWait = Number(MaxRetries, -1, int.MaxValue) is -1 ? TimeSpan.Zero : RedisLimits.ConnectWait,
        };
    }

    /// <summary>A text, or null where it is missing or empty.</summary>
    public string? Text(string name) => ComponentMetadata.Find(component, name) is { Length: > 0 } value ? value : null;

    /// <summary>A whole number within limits, or null where it is missing.</summary>
    public long? Number(string name, long min, long max)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Error(name, $"'{text}' is not a number from {min} to {max}", "Write a whole number in quotes");
    }

    /// <summary>A duration, milliseconds if it is a bare number; null where it is missing, negative where it is -1.</summary>
    public TimeSpan? Duration(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }
        return text == "-1" ? TimeSpan.FromMilliseconds(-1)
            : GoDuration.TryParse(text, out var value) ? value
            : throw Error(name, $"'{text}' is not a duration", "Write for example 500ms, 3s or 1m, or a bare number of milliseconds");
    }

    /// <summary>An error about one field.</summary>
    public ResourceException Error(string name, string problem, string remedy) =>
        new(component.File, $"spec.metadata.{name}", problem, remedy);

    private bool Truth(string name) => Text(name)?.ToLowerInvariant() switch
    {
        null or "false" or "f" or "no" or "n" or "off" or "0" => false,
        "true" or "t" or "yes" or "y" or "on" or "1" => true,
        var other => throw Error(name, $"'{other}' is not a truth value", "Write \"true\" or \"false\""),
    };

    // 0 is the default and -1 is no limit, as in Dapr.
    private TimeSpan Limit(string name, TimeSpan standard) => Duration(name) switch
    {
        null => standard,
        var value when value == TimeSpan.Zero => standard,
        var value when value < TimeSpan.Zero || value > RedisLimits.ReadTimeoutMax => RedisLimits.ReadTimeoutMax,
        var value => value.Value,
    };

    private void RefuseUnsupported()
    {
        if (Text("redisType") is { } type && type != "node")
        {
            throw Error("redisType", $"'{type}' is not supported by this sidecar", "Name a single server, or run this with a real Dapr");
        }
        foreach (var name in Unsupported)
        {
            if (Text(name) is { } text && !text.Equals("false", StringComparison.OrdinalIgnoreCase))
            {
                throw Error(name, "is not supported by this sidecar", "Name a single server with a password, or run this with a real Dapr");
            }
        }
    }

    private (string Host, int Port) Address()
    {
        var text = Text(HostName) ?? throw Error(HostName, "is missing", "Write for example localhost:6379");
        var given = Number(PortName, 1, 65535);
        if (text.Contains(',', StringComparison.Ordinal) || text.Contains('/', StringComparison.Ordinal))
        {
            throw Error(HostName, $"'{text}' is not one server", "Write host:port; clusters and sentinels need a real Dapr");
        }
        var (host, portText) = Split(text);
        if (portText is null)
        {
            return (host, (int)(given ?? DefaultPort));
        }
        if (!int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            throw Error(HostName, $"'{portText}' is not a port", "Write host:port, for example localhost:6379");
        }
        return given is null || given == port
            ? (host, port)
            : throw Error(PortName, $"{given} is not the port in {HostName}, {port}", $"Remove one of them");
    }

    private static (string Host, string? Port) Split(string text)
    {
        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        return colon > bracket && (bracket >= 0 || text.IndexOf(':') == colon)
            ? (text[..colon].Trim('[', ']'), text[(colon + 1)..])
            : (text.Trim('[', ']'), null);
    }

    private X509Certificate2? Certificate()
    {
        var (certificate, key) = (Text("clientCert"), Text("clientKey"));
        if (certificate is null || key is null)
        {
            return null;
        }
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw Error("clientCert", "and clientKey are not a certificate and its key", "Write both as PEM text");
        }
    }
}
