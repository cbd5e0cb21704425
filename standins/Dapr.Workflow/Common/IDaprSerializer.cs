namespace Dapr.Common.Serialization;

/// <summary>Turns inputs, outputs, events and statuses into text and back. Null is the empty text.</summary>
public interface IDaprSerializer
{
    /// <summary>The text of <paramref name="value"/>, empty for null.</summary>
    /// <typeparam name="T">The type to write it as.</typeparam>
    /// <param name="value">The value.</param>
    string Serialize<T>(T value);

    /// <summary>The text of <paramref name="value"/>, empty for null.</summary>
    /// <param name="value">The value.</param>
    /// <param name="inputType">The type to write it as; by default that of the value.</param>
    string Serialize(object? value, Type? inputType = null);

    /// <summary>The value of <paramref name="data"/>, the type's default for an empty text.</summary>
    /// <typeparam name="T">The type to read.</typeparam>
    /// <param name="data">The text.</param>
    T? Deserialize<T>(string? data);

    /// <summary>The value of <paramref name="data"/>, null for an empty text.</summary>
    /// <param name="data">The text.</param>
    /// <param name="returnType">The type to read.</param>
    object? Deserialize(string? data, Type returnType);
}
