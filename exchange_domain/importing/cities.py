"""Time zones of the larger cities of Russia, its neighbours, the United Kingdom and the United States."""

_BY_ZONE: dict[str, str] = {
    "Europe/Kaliningrad": "калининград, kaliningrad, калининградская область",
    "Europe/Moscow": (
        "москва, moscow, санкт-петербург, петербург, спб, питер, st petersburg, saint petersburg, st. petersburg, "
        "нижний новгород, nizhny novgorod, казань, kazan, ростов-на-дону, rostov-on-don, воронеж, voronezh, "
        "краснодар, krasnodar, волгоград, volgograd, ярославль, yaroslavl, тула, tula, рязань, ryazan, "
        "липецк, lipetsk, "
        "пенза, penza, киров, kirov, чебоксары, cheboksary, калуга, kaluga, курск, kursk, ставрополь, stavropol, "
        "сочи, sochi, тверь, tver, брянск, bryansk, белгород, belgorod, владимир, vladimir, архангельск, arkhangelsk, "
        "мурманск, murmansk, смоленск, smolensk, вологда, vologda, череповец, cherepovets, иваново, ivanovo, "
        "орел, orel, тамбов, tambov, кострома, kostroma, новгород, великий новгород, псков, pskov, петрозаводск, "
        "сыктывкар, махачкала, makhachkala, владикавказ, грозный, нальчик, саранск, йошкар-ола, набережные челны, "
        "новороссийск, таганрог, подольск, химки, мытищи, балашиха, королев, люберцы, московская область, "
        "ленинградская область, московская обл, ленинградская обл, татарстан, севастополь, симферополь"
    ),
    "Europe/Samara": "самара, samara, тольятти, togliatti, ижевск, izhevsk, удмуртия, самарская область",
    "Europe/Saratov": "саратов, saratov, энгельс",
    "Europe/Ulyanovsk": "ульяновск, ulyanovsk, димитровград",
    "Europe/Astrakhan": "астрахань, astrakhan",
    "Asia/Yekaterinburg": (
        "екатеринбург, yekaterinburg, ekaterinburg, челябинск, chelyabinsk, пермь, perm, уфа, ufa, тюмень, tyumen, "
        "оренбург, orenburg, курган, kurgan, магнитогорск, magnitogorsk, сургут, surgut, нижневартовск, "
        "нижний тагил, стерлитамак, ханты-мансийск, салехард, новый уренгой, ноябрьск, башкирия, башкортостан, "
        "свердловская область, челябинская область, пермский край"
    ),
    "Asia/Omsk": "омск, omsk, омская область",
    "Asia/Novosibirsk": "новосибирск, novosibirsk, новосибирская область",
    "Asia/Barnaul": "барнаул, barnaul, бийск, горно-алтайск, алтайский край",
    "Asia/Tomsk": "томск, tomsk, северск",
    "Asia/Novokuznetsk": "кемерово, kemerovo, новокузнецк, novokuznetsk, прокопьевск",
    "Asia/Krasnoyarsk": "красноярск, krasnoyarsk, норильск, norilsk, абакан, кызыл, ачинск, красноярский край",
    "Asia/Irkutsk": "иркутск, irkutsk, улан-удэ, ulan-ude, ангарск, братск, бурятия",
    "Asia/Chita": "чита, chita, забайкальский край",
    "Asia/Yakutsk": "якутск, yakutsk, благовещенск, blagoveshchensk, якутия",
    "Asia/Vladivostok": (
        "владивосток, vladivostok, хабаровск, khabarovsk, комсомольск-на-амуре, уссурийск, находка, приморский край"
    ),
    "Asia/Magadan": "магадан, magadan",
    "Asia/Sakhalin": "южно-сахалинск, yuzhno-sakhalinsk, сахалин",
    "Asia/Kamchatka": "петропавловск-камчатский, petropavlovsk-kamchatsky, камчатка, анадырь",
    "Europe/Minsk": "минск, minsk, гомель, gomel, брест, brest, гродно, grodno, витебск, vitebsk, могилев, mogilev",
    "Europe/Kyiv": "киев, kyiv, kiev, харьков, kharkiv, одесса, odesa, odessa, львов, lviv, днепр, dnipro",
    "Europe/Chisinau": "кишинев, chisinau",
    "Asia/Almaty": "алматы, алма-ата, almaty, астана, astana, нур-султан, шымкент, shymkent, караганда, karaganda",
    "Asia/Tashkent": "ташкент, tashkent",
    "Asia/Samarkand": "самарканд, samarkand, бухара",
    "Asia/Bishkek": "бишкек, bishkek, ош, osh",
    "Asia/Dushanbe": "душанбе, dushanbe, худжанд",
    "Asia/Ashgabat": "ашхабад, ashgabat",
    "Asia/Yerevan": "ереван, yerevan, гюмри",
    "Asia/Baku": "баку, baku, гянджа",
    "Asia/Tbilisi": "тбилиси, tbilisi, батуми, batumi",
    "Europe/London": (
        "london, лондон, manchester, манчестер, birmingham, бирмингем, leeds, glasgow, глазго, liverpool, ливерпуль, "
        "edinburgh, эдинбург, bristol, sheffield, cardiff, belfast, nottingham, leicester, newcastle, southampton, "
        "brighton, plymouth, coventry, bradford, hull, stoke-on-trent, derby, swansea, aberdeen, oxford, cambridge, "
        "reading, york, uk, united kingdom, england, scotland, wales"
    ),
    "Europe/Dublin": "dublin, дублин, cork",
    "America/New_York": (
        "new york, нью-йорк, nyc, boston, бостон, philadelphia, miami, майами, atlanta, washington, washington dc, "
        "вашингтон, baltimore, charlotte, orlando, tampa, jacksonville, pittsburgh, cleveland, columbus, cincinnati, "
        "raleigh, buffalo, newark, brooklyn, eastern, eastern time, est, edt"
    ),
    "America/Detroit": "detroit, детройт",
    "America/Indiana/Indianapolis": "indianapolis",
    "America/Chicago": (
        "chicago, чикаго, houston, хьюстон, dallas, даллас, austin, san antonio, fort worth, minneapolis, st louis, "
        "st. louis, saint louis, milwaukee, memphis, nashville, new orleans, kansas city, oklahoma city, omaha, "
        "central, central time, cst, cdt"
    ),
    "America/Denver": "denver, денвер, salt lake city, albuquerque, el paso, mountain, mountain time, mst, mdt",
    "America/Boise": "boise",
    "America/Phoenix": "phoenix, финикс, tucson, mesa",
    "America/Los_Angeles": (
        "los angeles, лос-анджелес, san francisco, сан-франциско, san diego, san jose, seattle, сиэтл, las vegas, "
        "лас-вегас, sacramento, oakland, fresno, long beach, pacific, pacific time, pst, pdt"
    ),
    "America/Anchorage": "anchorage",
    "Pacific/Honolulu": "honolulu",
}  # fmt: skip

ZONE_OF_CITY: dict[str, str] = {
    city.strip(): zone for zone, cities in _BY_ZONE.items() for city in cities.replace("ё", "е").split(",")
}
"""IANA zone by the city's name in small letters, "е" for "ё"."""
