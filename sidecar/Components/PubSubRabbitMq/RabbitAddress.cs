using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;
using Sidecar.Components.Settings;

namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>Where the broker is and how to log in: a connection string, or protocol, hostname, username and password; TLS for amqps.</summary>
internal static class RabbitAddress
{
    private const string Example = "Write amqp://USER:PASSWORD@HOST:PORT/VHOST, amqps:// for TLS.";

    /// <summary>Reads them. No error names a value that may hold a password.</summary>
    public static ConnectionFactory Read(PubSubSettings settings)
    {
        var field = settings.Text(RabbitSettings.ConnectionString) is null ? RabbitSettings.Hostname : RabbitSettings.ConnectionString;
        var uri = Address(settings, field);
        var protocol = settings.Text("protocol") ?? uri.Scheme;
        if (protocol != uri.Scheme)
        {
            throw settings.Error("protocol", $"'{protocol}' is not that of the connection string, '{uri.Scheme}'", "Say it in one of them only.");
        }
        var factory = new ConnectionFactory();
        try
        {
            factory.Uri = uri;
        }
        // The library names the address in its messages, and with it the password.
        catch (Exception e) when (e is ArgumentException or UriFormatException)
        {
            throw settings.Error(field, "is not an AMQP address", Example);
        }
        if (field == RabbitSettings.Hostname)
        {
            factory.UserName = settings.Text("username") ?? factory.UserName;
            factory.Password = settings.Text("password") ?? factory.Password;
        }
        if (protocol == "amqps")
        {
            factory.Ssl = Tls(settings, factory.HostName);
        }
        return factory;
    }

    private static Uri Address(PubSubSettings settings, string field)
    {
        var text = settings.Text(RabbitSettings.ConnectionString)
            ?? $"{settings.Text("protocol") ?? "amqp"}://{settings.Text(RabbitSettings.Hostname) ?? "localhost"}";
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps"
            ? new Uri(text)
            : throw settings.Error(field, "is not an AMQP address", Example);
    }

    private static SslOption Tls(PubSubSettings settings, string host)
    {
        var tls = new SslOption(host) { Enabled = true };
        var field = "caCert";
        try
        {
            if (settings.Text(field) is { } authority)
            {
                var roots = new X509Certificate2Collection();
                roots.ImportFromPem(authority); // takes text without any certificate for an empty list
                if (roots.Count == 0)
                {
                    throw new CryptographicException("no certificate");
                }
                tls.CertificateValidationCallback = (_, certificate, _, errors) => IsSignedBy(roots, certificate, errors);
            }
            field = "clientCert";
            if (settings.Text(field) is { } certificate && settings.Text("clientKey") is { } key)
            {
                tls.Certs = [X509Certificate2.CreateFromPem(certificate, key)];
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw settings.Error(field, "is not PEM", "Give the certificate's text, from -----BEGIN to END-----, by secretKeyRef.");
        }
        return tls;
    }

    // The name must be right in any case; who signed it is judged by the given authorities alone.
    private static bool IsSignedBy(X509Certificate2Collection roots, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var checkedOne = new X509Certificate2(certificate);
        return chain.Build(checkedOne);
    }
}
