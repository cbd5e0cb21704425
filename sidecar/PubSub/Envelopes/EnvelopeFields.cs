using System.Text.Json;

namespace Sidecar.PubSub.Envelopes;

/// <summary>
/// The fields of a CloudEvent under completion: those of the document, and those that Dapr sets over them.
/// </summary>
internal sealed class EnvelopeFields
{
    private readonly List<Field> _fields = [];

    /// <summary>Takes the fields of a JSON object; the last of equal names wins.</summary>
    public EnvelopeFields(JsonElement document)
    {
        foreach (var property in document.EnumerateObject())
        {
            Put(GoJson.NameOf(property), null, property.Value);
        }
    }

    /// <summary>True if the field is there, be it null.</summary>
    public bool Has(ReadOnlySpan<byte> name) => Find(name) >= 0;

    /// <summary>Sets a field whatever was there.</summary>
    public void Set(ReadOnlySpan<byte> name, string value) => Put(name, value, default);

    /// <summary>Sets a field that is not there.</summary>
    public void SetDefault(ReadOnlySpan<byte> name, string value)
    {
        if (!Has(name))
        {
            Set(name, value);
        }
    }

    /// <summary>Sets a field that is not there or null.</summary>
    public void SetWhereNull(ReadOnlySpan<byte> name, string value)
    {
        if (Find(name) is var at
            && (at < 0 || (_fields[at].Text is null && _fields[at].Value.ValueKind == JsonValueKind.Null)))
        {
            Set(name, value);
        }
    }

    /// <summary>Writes the object with sorted names.</summary>
    public void Write(PooledBuffer to)
    {
        _fields.Sort(static (a, b) =>
            a.Name.AsSpan().SequenceCompareTo(b.Name) is not 0 and var order ? order : a.Order - b.Order);
        var separator = (byte)'{';
        for (var i = 0; i < _fields.Count; i++)
        {
            var field = _fields[i];
            if (i + 1 < _fields.Count && field.Name.AsSpan().SequenceEqual(_fields[i + 1].Name))
            {
                continue; // set again later
            }
            to.Add(separator);
            separator = (byte)',';
            GoStrings.WriteText(to, field.Name);
            to.Add((byte)':');
            if (field.Text is not null)
            {
                GoStrings.WriteText(to, field.Text);
            }
            else
            {
                GoJson.Write(to, field.Value);
            }
        }
        to.Add((byte)'}');
    }

    private void Put(ReadOnlySpan<byte> name, string? text, JsonElement value) =>
        _fields.Add(new Field(name.ToArray(), text, value, _fields.Count));

    private int Find(ReadOnlySpan<byte> name)
    {
        for (var i = _fields.Count - 1; i >= 0; i--)
        {
            if (name.SequenceEqual(_fields[i].Name))
            {
                return i;
            }
        }
        return -1;
    }

    private readonly record struct Field(byte[] Name, string? Text, JsonElement Value, int Order);
}
