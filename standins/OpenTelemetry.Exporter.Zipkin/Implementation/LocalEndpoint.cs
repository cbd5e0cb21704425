using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Zipkin.Implementation;

/// <summary>Who reports: the resource's service name and the host's addresses, as far as they can be found.</summary>
internal sealed record LocalEndpoint(string? ServiceName, string? IPv4, string? IPv6)
{
    private const string ServiceNameAttribute = "service.name";

    /// <summary>The endpoint of a resource; a resource without a name goes by the SDK's own (unknown_service:process).</summary>
    public static LocalEndpoint Of(Resource resource)
    {
        var addresses = Addresses();
        return new LocalEndpoint(
            NameIn(resource) ?? NameIn(ResourceBuilder.CreateDefault().Build()),
            First(addresses, AddressFamily.InterNetwork),
            First(addresses, AddressFamily.InterNetworkV6));
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("localEndpoint");
        WriteIfKnown(json, "serviceName", ServiceName);
        WriteIfKnown(json, "ipv4", IPv4);
        WriteIfKnown(json, "ipv6", IPv6);
        json.WriteEndObject();
    }

    private static string? NameIn(Resource resource) =>
        resource.Attributes.FirstOrDefault(static a => a.Key == ServiceNameAttribute).Value is string { Length: > 0 } name ? name : null;

    private static IPAddress[] Addresses()
    {
        try
        {
            return Dns.GetHostAddresses(Dns.GetHostName());
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }

    // Made again of its bytes: without the number of the interface, which means nothing elsewhere.
    private static string? First(IPAddress[] addresses, AddressFamily family) =>
        Array.Find(addresses, a => a.AddressFamily == family) is { } found ? new IPAddress(found.GetAddressBytes()).ToString() : null;

    private static void WriteIfKnown(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
