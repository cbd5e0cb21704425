using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Sidecar.Components.Redis;

/// <summary>Where a server is and how to talk to it.</summary>
internal sealed record RedisOptions
{
    /// <summary>Name or address.</summary>
    public required string Host { get; init; }

    /// <summary>Port.</summary>
    public required int Port { get; init; }

    /// <summary>User of the access list; null for the default one.</summary>
    public string? Username { get; init; }

    /// <summary>Its password; null for none. Never logged.</summary>
    public string? Password { get; init; }

    /// <summary>Number of the database.</summary>
    public long Database { get; init; }

    /// <summary>True for TLS.</summary>
    public bool IsTls { get; init; }

    /// <summary>True to take any certificate of the server.</summary>
    public bool TrustsAnyCertificate { get; init; }

    /// <summary>The client's certificate; null for none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Longest time until a connection stands.</summary>
    public TimeSpan DialTimeout { get; init; } = RedisLimits.DialTimeout;

    /// <summary>Longest time until the answer to a command that does not block.</summary>
    public TimeSpan ReadTimeout { get; init; } = RedisLimits.ReadTimeout;

    /// <summary>How long a command waits for a connection.</summary>
    public TimeSpan ConnectWait { get; init; } = RedisLimits.ConnectWait;

    /// <summary>For messages.</summary>
    public string Address => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Without the password, which the record's own form would show.</summary>
    public override string ToString() => Address;

    /// <summary>What TLS is done with.</summary>
    public SslClientAuthenticationOptions Tls() => new()
    {
        TargetHost = Host,
        ClientCertificates = ClientCertificate is null ? null : [ClientCertificate],
        RemoteCertificateValidationCallback = TrustsAnyCertificate ? static (_, _, _, _) => true : null,
    };
}
