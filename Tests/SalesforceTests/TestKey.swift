/// A key made for these tests and used for nothing else.
enum TestKey {
    static let pem = """
        -----BEGIN PRIVATE KEY-----
        MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQC60jrgh7dgv82j
        ilsOE3Clgmy+0wyx5nn1CWcRTBQXZPaT3GNm6JFPZKTelKpyKluxGrPjvo+AnywW
        4g1e6XF0YZYMuFy0KHN2ns11QJ4sYVMNwhrVr3oW6E35NslcMeqMtUwn8ZWk2Uei
        E5Tk2xBFSYbbz+T/8NlcNadW8j8H2la6SSkImsBaEW8H0o4s4qPQmhLQgf26Rwcd
        iMmd4sfENxSKt07tdleDLDZQcoDeBP4DAN0vmj1/Ar9yNuxn0Wx8lsUOSwTYVZjH
        58gGijnxIQyNDnuJJWdt1B2idiJi9pCf8XvwGkkYbiX/jEp6mqoysAM+nuxjL5Ay
        KklTp23NAgMBAAECggEALTwvJmOmKsZ2Z9Vd08wwN9sbMp9OkRrRx9uleaI2sS1w
        qP+xj97bJGKlqwFLPgZ0mi7xhMEE5StlVQsaGrOilX/1gZH4XGT5BC1SaUQiqHNO
        VWP89GWfRcGs851o5yps9PIHBRrxVW+I8T0Vjc5fI6+4eCvf8nriXnndUWepjGBP
        LUanR747cu97QxdEbiOa0XpmQrmMC6p+plhMZ0/8DXTratzsxt7DS0dPoAQqz5zy
        liVI/AtEzAFOYjI1GF6x0QrbrfIXrXF6au1HOCC6uzR4cJNUmREgvZITPizJsvyK
        Dzox4auT6/bo5VS8kCA4Ze03sFxL0j+Nv8ejwyvCgQKBgQDiNu0C3Zq4E1PUcGS4
        9k4JiijkoZO0IjO1oohMzlR3Cxfswvfqh8xqGqYB1UHjqmIivJwOd4rPlpK0+Xy6
        sJnEFIJ0L7Pc2/e2AtxQ2U2TSPG32dXGr0O+EjIx+cwjDZNYfRwRUmN4Atq4XzJ8
        +e1O05cPay777N7fVE49cIp9DQKBgQDTa3ZW5euQpoVcy2IxX0QsnuCg6IHQzlAF
        JtbJ8muVg3Dil1H0Wf2/6en6gvP5dZ9R/kJMO7jprktM/Hj/abxo7+emNLvtrprq
        6w7d/cBgOR/4ZZAcKnXLSiXS18deaiNn9PLO7DEXm3JkFH7HxQzzP9a1zYySXCyi
        dHFkqOgDwQKBgQDDoCI4/zFEjJpLNeM0vPPhdhRFG6Hi/kzff64FVc1foT1QZ48D
        x+ozu9Xh8e1oF7mENr1yGVj2ik1WqgZ+YCipk9744SPXFHbUdQbX+AQJIeS/TGd9
        yaV4or270D0D90J8HL2AEVKpvzYsiU7dGzlomLyi/dsEy+Q1F/ANW9y3pQKBgQCY
        M2jCLktjmz2vDAvolzixFr+Hl1q9Q4l/6/H8+DRTMoj11xH84zw2COOUoOma0P6d
        PHnl/6ijMgKrraY92ZT1xp/xm00fUu/b5tSRI7h2jSli3VrdrAOZEgwguY6hfa93
        i3OxW4AMCrBTNB4BGu6zv2WHBC8KvqizWzi2ypIdAQKBgQC/a7fWsxOrgGJqNmjX
        KK92bMyjdG+wEiw1+Ny/R079RX9fmKzSwHNjp3QjT3tZp0ECl4RAccnyuI8bRzhE
        rrsPKG39z1XjMcGQkZk4dFUL2s/3fcUB3S0Iq2+n0YWjT4gKttvKt+67YlOB12O+
        IpHheQ2Y2CVGclmIscZk8BLEwQ==
        -----END PRIVATE KEY-----
        """
}
